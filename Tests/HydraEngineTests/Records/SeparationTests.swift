import GRDB
import JSON
import TestSupport
import Testing

@testable import HydraEngine

/// Ids of too many, and taking apart what they joined.
@Suite struct SeparationTests {
    private func change(_ fixture: Fixture, _ body: String) async throws {
        let answer = await fixture.send("PATCH", "/v1/settings/identities", body)
        guard answer.status == 200 else { throw TestError(answer.text) }
    }

    @Test func aDeviceOfVeryManyUsersIsNobodysWhateverTheOrder() async throws {
        let fixture = try Fixture()
        var expected: String?
        for round in 0..<4 {
            let key = try fixture.makeKey(account: "round \(round)")
            let change = await fixture.send("PATCH", "/v1/settings/identities", #"{"usersPerDevice":3}"#, key: key)
            #expect(change.status == 200)
            var calls = [
                TestCall.track("stranger", anonymous: "till", at: 40), .track("early", anonymous: "till", at: 0),
            ]
            calls += (1...5).map { .identify("i\($0)", user: "u\($0)", anonymous: "till", at: $0) }
            calls += (1...3).map { .identify("j\($0)", user: "v\($0)", anonymous: "tablet", at: $0) }
            calls.append(.track("home", anonymous: "tablet", at: 41))
            var random = SeededGenerator(seed: UInt64(round))
            let numbered = calls.enumerated().map { $1.received(sequence: $0) }
            try await fixture.take(round == 0 ? numbered : numbered.shuffled(using: &random), key: key)
            let snapshot = await fixture.snapshot(key: key)
            #expect(snapshot == expected ?? snapshot)
            expected = expected ?? snapshot
            // The tablet's three are within the limit: it is the first one's.
            let owner = try await fixture.send("GET", "/v1/persons?anonymousId=tablet", key: key).item()
            #expect(owner["userId"]?.string == "v1")
            let till = try await fixture.send("GET", "/v1/persons?anonymousId=till", key: key).item()
            #expect(till["userId"]?.isNull == true)
            let settings = await fixture.send("GET", "/v1/settings/identities", key: key).root
            let shared = settings?["shared"]?.elements.map {
                "\($0["member"]?.string ?? "") \($0["value"]?.string ?? "")"
            }
            #expect(shared == ["anonymousId till"])
        }
        #expect(try StoreCheck.run(directory: fixture.directory.path).mistakes == [])
    }

    @Test func aUserOfMoreDevicesThanAnybodyHasIsJoinedNoFurther() async throws {
        let fixture = try Fixture()
        try await self.change(fixture, #"{"devicesPerUserWeek":5}"#)
        for device in 0..<20 {
            try await fixture.take(
                .track("a\(device)", anonymous: "d\(device)", at: device),
                .identify("b\(device)", user: "u", anonymous: "d\(device)", at: device)
            )
        }
        let user = try await fixture.get("/v1/persons?userId=u").item()
        #expect(user["anonymousIds"]?.count == 5)
        #expect(await fixture.get("/v1/persons").items.count == 16)
        let shared = try #require(await fixture.get("/v1/settings/identities").root?["shared"]?.elements.first)
        #expect(shared["member"]?.string == "userId")
        #expect(shared["value"]?.string == "u")
        #expect(shared["others"]?.int64 == 15)
        // The next week has room again.
        try await fixture.take(
            TestCall.identify("later", user: "u", anonymous: "d99").at("2026-01-22T00:00:00.000Z")
        )
        #expect(try await fixture.get("/v1/persons?userId=u").item()["anonymousIds"]?.count == 6)
    }

    /// What an earlier version joined is as if the id had never been taken for somebody's.
    @Test func whatWasJoinedByAPlaceholderIsTakenApart() async throws {
        let fixture = try Fixture()
        func calls() -> [TestCall] {
            var calls: [TestCall] = []
            for person in 1...4 {
                calls += [
                    .track("a\(person)", anonymous: "dev-\(person)", at: 1, #"{"feature":"F"}"#),
                    .identify(
                        "b\(person)",
                        user: "null",
                        anonymous: "dev-\(person)",
                        at: 10 + person,
                        #"{"plan":"p\#(person)","company":{"name":"C\#(person)","size":\#(person)}}"#
                    ),
                    .track("c\(person)", user: "null", anonymous: "dev-\(person)", at: 20, #"{"feature":"F"}"#),
                    .identify("d\(person)", user: "real-\(person)", anonymous: "dev-\(person)", at: 30, #"{"x":1}"#),
                    .track("e\(person)", user: "real-\(person)", at: 31, #"{"feature":"G"}"#),
                ]
            }
            calls += [.track("f", user: "null", at: 40), .identify("g", user: "other", anonymous: "own", at: 41)]
            return calls.enumerated().map { $1.received(sequence: $0) }
        }
        let right = try fixture.makeKey(account: "right")
        let scanner = #"{"kind":"product_usage","name":"Use"}"#
        for key in [fixture.key, right] {
            #expect(await fixture.send("POST", "/v1/scanners", scanner, key: key).status == 201)
        }
        try await fixture.take(calls(), key: right)
        let expected = await fixture.snapshot(key: right)

        try await self.change(fixture, #"{"allowed":["null"]}"#)
        try await fixture.take(calls())
        #expect(try await fixture.get("/v1/persons?userId=null").item()["anonymousIds"]?.count == 4)
        try await self.change(fixture, #"{"allowed":[]}"#)
        let answer = await fixture.send("POST", "/v1/settings/identities/separate")
        #expect(answer.status == 200)
        #expect(answer.root?["ids"]?.int64 == 1)
        #expect(answer.root?["personsBefore"]?.int64 == 5)
        #expect(answer.root?["personsAfter"]?.int64 == 4)
        #expect(await fixture.snapshot(key: fixture.key) == expected)
        #expect(await fixture.get("/v1/persons?userId=null").items.isEmpty)
        #expect(try StoreCheck.run(directory: fixture.directory.path).mistakes == [])
        try fixture.settle()
        for person in 1...4 {
            for key in [fixture.key, right] {
                let id = try await fixture.send("GET", "/v1/persons?userId=real-\(person)", key: key).item()["id"]?
                    .string
                let features = await fixture.send("GET", "/v1/persons/\(id ?? "")/features?days=all", key: key)
                let uses = features.root?["items"]?.elements.map {
                    "\($0["feature"]?.string ?? "") \($0["neutral"]?.int64 ?? -1)"
                }
                #expect(uses?.sorted() == ["F 2", "G 1"], "\(features.text)")
            }
        }
        // There is nothing left to take apart.
        #expect(await fixture.send("POST", "/v1/settings/identities/separate").root?["ids"]?.int64 == 0)
    }
}
