import GRDB
import JSON
import Testing

@testable import HydraEngine

/// However much there is of one kind of work, the others go on.
@Suite struct FairWorkTests {
    private func use(_ id: String, _ user: String) -> TestCall {
        .track(id, user: user, #"{"feature":"Alerts"}"#)
    }

    /// Events never stop: there are new ones before each step.
    @Test func steadyTrafficHoldsUpNeitherRunsNorCompanies() async throws {
        let fixture = try Fixture()
        for start in stride(from: 0, to: 5_000, by: 500) {
            try await fixture.takeTogether((start..<start + 500).map { self.use("m\($0)", "u\($0 % 3)") })
        }
        try fixture.settle()
        let scanner = await fixture.send(
            "POST",
            "/v1/scanners",
            #"{"kind":"product_usage","name":"Use","takeInPast":true}"#
        ).root?["id"]?.string
        try await fixture.take(.identify("i", user: "v", #"{"email":"v@acme.example","company":"Acme"}"#))
        var work = ScanWork(store: fixture.engine.store, clock: { Instant.now() })
        // Each kind's turn comes at least with every fifth step: three are the run's, two a company's.
        for step in 0..<40 {
            try await fixture.take(self.use("s\(step)", "u\(step % 3)"))
            #expect(try work.step())
        }
        let run = await fixture.get("/v1/scanners/\(scanner ?? "")/runs").items.first
        #expect(run?["state"]?.string == "finished")
        #expect(run?["done"]?.int64 == 5_000)
        let company = try await fixture.get("/v1/companies").item()
        #expect(company["icp"]?.isNull == false)
    }

    @Test func progressIsTheAccountsOwn() async throws {
        let fixture = try Fixture()
        let other = try fixture.makeKey(account: "other")
        try await fixture.takeTogether((0..<400).map { self.use("o\($0)", "o") }, key: other)
        try await fixture.take((0..<7).map { self.use("m\($0)", "u") })
        try await fixture.take(.identify("i", user: "u"), .track("t", user: "u", #"{"other":1}"#))
        let scanner =
            await fixture.send(
                "POST",
                "/v1/scanners",
                #"{"kind":"product_usage","name":"Use","takeInPast":true}"#
            ).root?["id"]?.string ?? ""
        var run = await fixture.get("/v1/scanners/\(scanner)/runs").items.first
        #expect(run?["total"]?.int64 == 7)
        try fixture.settle()
        run = await fixture.get("/v1/scanners/\(scanner)/runs").items.first
        #expect(run?["done"]?.int64 == 7)
        #expect(run?["changed"]?.int64 == 7)
    }

    /// What another account sends is no reason to look for patterns in this one.
    @Test func othersEventsMakeNoPassDue() async throws {
        let fixture = try Fixture()
        let other = try fixture.makeKey(account: "other")
        await fixture.send("POST", "/v1/scanners", #"{"kind":"product_usage","name":"Use"}"#)
        try await fixture.take(self.use("m", "u"))
        try fixture.settle()
        let work = MiningWork(store: fixture.engine.store, clock: { Instant.now() }, isCancelled: { false })
        #expect(try work.due().isEmpty)
        try await fixture.take([self.use("o", "o")], key: other)
        #expect(try work.due().isEmpty)
        try await fixture.take(self.use("n", "u"))
        #expect(try work.due().map(\.name) == ["default"])
    }
}
