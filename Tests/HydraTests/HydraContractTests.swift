import Hydra
import HydraLimits
import JSON
import Testing

struct HydraContractTests {
    private let document: JSONDocument

    init() throws {
        self.document = try JSONParser().parse(HydraContract.openAPI)
    }

    @Test func hasTheProgramsVersion() {
        #expect(self.document.root["info"]?["version"]?.string == ProductVersion.text)
    }

    @Test func isOpenAPI31() {
        #expect(self.document.root["openapi"]?.string == "3.1.0")
    }

    @Test(arguments: [
        ("/v1/identify", "post"), ("/v1/track", "post"), ("/v1/batch", "post"), ("/v1/persons", "get"),
        ("/v1/persons/{id}", "get"), ("/v1/persons/{id}/events", "get"), ("/v1/companies", "get"),
        ("/v1/companies/{id}", "get"), ("/v1/openapi.json", "get"),
    ])
    func describes(path: String, method: String) {
        let operation = self.document.root["paths"]?[key: path]?[key: method]
        #expect(operation?["operationId"]?.string != nil)
        #expect(operation?["responses"]?["200"] != nil)
    }

    @Test func pathsOfCallsAreDescribed() {
        for kind in CallKind.allCases {
            #expect(self.document.root["paths"]?[key: kind.path]?["post"] != nil)
        }
    }

    @Test func batchIsBoundedAsTheProgramBoundsIt() {
        let batch = self.document.root["components"]?["schemas"]?["Batch"]?["properties"]?["batch"]
        #expect(batch?["maxItems"]?.int64 == Int64(CallLimits.batchCalls))
    }

    @Test func flagsAreAllThere() {
        let flags = self.document.root["components"]?["schemas"]?["EventFlag"]?["enum"]
        #expect(flags?.elements.map(\.string) == EventFlag.allCases.map(\.rawValue))
    }

    @Test func everyReferenceLeadsSomewhere() {
        var open = [self.document.root]
        var references = 0
        while let value = open.popLast() {
            for member in value.members {
                if member.key.equals("$ref"), let reference = member.value.string {
                    references += 1
                    let target = reference.split(separator: "/").dropFirst().reduce(Optional(self.document.root)) {
                        $0?[key: String($1)]
                    }
                    #expect(reference.hasPrefix("#/") && target != nil, "\(reference)")
                }
                open.append(member.value)
            }
            open += value.elements
        }
        #expect(references > 50)
    }
}
