import Hydra
import HydraDataPoints
import HydraLimits
import JSON
import Testing

@testable import HydraEngine

/// The answers have what the served contract promises.
@Suite struct ContractTests {
    private let contract: JSONValue

    init() throws {
        self.contract = try JSONParser().parse(HydraContract.openAPI).root
    }

    private func schema(_ name: StaticString) throws -> JSONValue {
        try #require(self.contract["components"]?["schemas"]?[name])
    }

    /// Every required member is there, and every described one has a type that is allowed.
    private func check(_ value: JSONValue?, against schema: JSONValue, _ place: String) throws {
        let value = try #require(value, "\(place)")
        for name in schema["required"]?.elements.compactMap(\.string) ?? [] {
            #expect(value[key: name] != nil, "\(place) lacks \(name)")
        }
        for member in schema["properties"]?.members.map({ $0 }) ?? [] {
            guard let found = value[key: member.key.string] else { continue }
            let types = member.value["type"].map { type in
                type.string.map { [$0] } ?? type.elements.compactMap(\.string)
            }
            guard let types else { continue }
            #expect(types.contains(Self.type(found)), "\(place).\(member.key.string) is \(found.rawString)")
        }
    }

    private static func type(_ value: JSONValue) -> String {
        switch value.kind {
        case .object: "object"
        case .array: "array"
        case .string: "string"
        case .number: value.int64 == nil ? "number" : "integer"
        case .true, .false: "boolean"
        case .null: "null"
        }
    }

    @Test func everyAnswerHasItsMembers() async throws {
        let fixture = try Fixture()
        let taken = await fixture.send(
            "POST",
            "/v1/identify",
            TestCall.identify("a", user: "u", #"{"company":"Acme"}"#).json
        )
        try self.check(taken.root, against: try self.schema("CallResult"), "CallResult")
        try await fixture.take(.track("b", anonymous: "x"))
        for person in await fixture.get("/v1/persons").items {
            try self.check(person, against: try self.schema("Person"), "Person")
            let id = person["id"]?.string ?? ""
            try self.check(await fixture.get("/v1/persons/\(id)").root, against: try self.schema("Person"), "Person")
            let events = await fixture.get("/v1/persons/\(id)/events")
            try self.check(events.root, against: try self.schema("EventList"), "EventList")
            for event in events.items { try self.check(event, against: try self.schema("Event"), "Event") }
        }
        let companies = await fixture.get("/v1/companies")
        try self.check(companies.root, against: try self.schema("CompanyList"), "CompanyList")
        try self.check(companies.items.first, against: try self.schema("Company"), "Company")
        let sourcing = await fixture.send("PATCH", "/v1/settings/sourcing", #"{"dns":true}"#)
        try self.check(sourcing.root, against: try self.schema("Sourcing"), "Sourcing")
        let failed = await fixture.get("/v1/persons?limit=x")
        try self.check(failed.root, against: try self.schema("Error"), "Error")
    }

    @Test func everyOperationOfTheContractIsServed() throws {
        for path in self.contract["paths"]?.members.map({ $0 }) ?? [] {
            let route = try #require(APIRoute(path: path.key.string.replacing("{id}", with: "p_0")))
            for operation in path.value.members {
                let name = operation.key.string
                guard name != "parameters" else { continue }
                #expect(route.methods.contains(name.uppercased()), "\(name) \(path.key.string)")
            }
        }
    }

    @Test func everySourceOfDataPointsIsTheContracts() throws {
        let sources = try self.schema("DataPoint")["properties"]?["source"]?["enum"]?.elements.compactMap(\.string)
        #expect(sources == DataSource.allCases.map(\.rawValue))
    }

    @Test func theLimitsAreTheContracts() throws {
        let batch = try self.schema("Batch")["properties"]?["batch"]
        #expect(batch?["maxItems"]?.int64 == Int64(CallLimits.batchCalls))
        let call = try self.schema("Call")["properties"]
        for name in ["messageId", "userId", "anonymousId"] {
            #expect(call?[key: name]?["maxLength"]?.int64 == Int64(CallLimits.identifierCharacters), "\(name)")
        }
        let limit = self.contract["components"]?["parameters"]?["Limit"]?["schema"]
        #expect(limit?["maximum"]?.int64 == Int64(EngineLimits.pageItems))
        #expect(limit?["default"]?.int64 == Int64(EngineLimits.defaultPageItems))
    }

    @Test(arguments: CallProblem.Code.allCases)
    func everyCodeFitsTheContract(code: CallProblem.Code) {
        #expect(code.rawValue.utf8.count <= 64)
        #expect([400, 413, 422, 500, 503].contains(CallProblem(code, "").status))
    }
}
