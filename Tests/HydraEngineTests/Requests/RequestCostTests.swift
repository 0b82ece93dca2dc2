import GRDB
import JSON
import Testing

@testable import HydraEngine

/// No request takes a thread for longer than its budget, however it was made.
@Suite struct RequestCostTests {
    @Test func aStatementIsInterruptedWhenTheBudgetIsSpent() throws {
        let fixture = try Fixture()
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        let start = ContinuousClock.now
        #expect(throws: BudgetProblem.spent) {
            try RequestBudget(.milliseconds(50)).run {
                try fixture.engine.store.read { db in _ = try Int.fetchOne(db, sql: endless) }
            }
        }
        #expect(throws: BudgetProblem.clientGone) {
            try RequestBudget(.seconds(100), isWanted: { ContinuousClock.now < start + .milliseconds(200) }).run {
                try fixture.engine.store.read { db in _ = try Int.fetchOne(db, sql: endless) }
            }
        }
        // The connection is as good as before.
        #expect(try fixture.engine.store.read { db in try Int.fetchOne(db, sql: "SELECT 1") } == 1)
    }

    /// 600 conditions that find nothing, over 500 persons whose names make a search begin again at each letter.
    @Test func theDearestPreviewEndsInTime() async throws {
        var options = EngineOptions()
        // So that all records are looked at also where the program is not optimised.
        options.requestTime = .seconds(100)
        let fixture = try Fixture(options: options)
        let name = String(repeating: "n", count: 60)
        for start in stride(from: 0, to: 500, by: 100) {
            try await fixture.takeTogether(
                (start..<start + 100).map { .identify("\($0)", user: "\($0)", #"{"name":"\#(name)"}"#) }
            )
        }
        let condition = #"{"subject":"trait.name","operator":"contains","value":"\#(String(name.prefix(38)))q"}"#
        let personas = (0..<50).map { number in
            let conditions = (0..<12).map { _ in condition }.joined(separator: ",")
            return #"{"name":"p\#(number)","match":"all","conditions":[\#(conditions)]}"#
        }
        let body = #"{"kind":"persona","definition":{"personas":[\#(personas.joined(separator: ","))]}}"#
        let start = ContinuousClock.now
        let answer = await fixture.send("POST", "/v1/scanners/preview", body)
        #expect(answer.status == 200, "\(answer.text)")
        // A record or two fewer where a crowded machine takes the time that the request has.
        #expect((answer.root?["examined"]?.int64 ?? 0) > 400)
        // Minutes where each condition folded each name anew.
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func aPreviewThatHasNoTimeForAllRecordsLooksAtSome() async throws {
        let fixture = try Fixture()
        try await fixture.takeTogether((0..<300).map { .identify("\($0)", user: "\($0)", #"{"name":"n"}"#) })
        let definition = #"{"kind":"persona","definition":{"personas":[{"name":"p","match":"all","conditions":[]}]}}"#
        let account = try #require(try fixture.engine.accounts().first)
        let answer = try RequestBudget(.milliseconds(20)).run {
            try ScannerEndpoint(engine: fixture.engine, account: account).preview(
                Array(definition.replacing("[]", with: #"[{"subject":"trait.name","operator":"exists"}]"#).utf8)
            )
        }
        let examined = try #require(Answer(answer).root?["examined"]?.int64)
        #expect((1..<300).contains(examined))
    }

    /// A batch that is too much for one transaction is several, and every call has its answer in its place.
    @Test func aLargeBatchIsTakenInParts() async throws {
        let fixture = try Fixture()
        let traits = (0..<1_000).map { #""t\#($0)":\#($0)"# }.joined(separator: ",")
        try await fixture.takeTogether((0..<30).map { .identify("\($0)", user: "u\($0 % 3)", "{\(traits)}") })
        #expect(await fixture.get("/v1/persons").items.count == 3)
        let many = (0...EngineLimits.traits).map { #""t\#($0)":1"# }.joined(separator: ",")
        let refused = await fixture.send("POST", "/v1/identify", TestCall.identify("x", user: "u", "{\(many)}").json)
        #expect(refused.status == 422)
    }
}
