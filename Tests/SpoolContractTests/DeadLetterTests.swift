import Spool
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct DeadLetterTests {
    private func bury(_ spool: any Spool, _ count: Int) async throws {
        try await spool.append((1...count).map { .make("\($0)", source: $0 % 2 == 0 ? "even" : "odd") })
        try await withSession(spool) { session async throws in
            try await session.settle((1...count).map { .dead(id: Int64($0), .make(attempts: 3)) })
        }
    }

    @Test(arguments: Engine.allCases)
    func lettersAreListedBySourceInPieces(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        try await self.bury(spool, 6)
        #expect(try spool.deadLetters(source: nil, after: 0, limit: 4).map(\.id) == [1, 2, 3, 4])
        #expect(try spool.deadLetters(source: nil, after: 4, limit: 4).map(\.id) == [5, 6])
        #expect(try spool.deadLetters(source: "even", after: 2, limit: 9).map(\.id) == [4, 6])
        #expect(try spool.deadLetters(source: "nobody", after: 0, limit: 9).isEmpty)
        let letter = try #require(try spool.deadLetter(id: 3))
        #expect(letter.call.source == "odd")
        #expect(letter.call.attempts == 3)
        #expect(letter.reason == .make(attempts: 3))
        #expect(try spool.deadLetter(id: 7) == nil)
    }

    @Test(arguments: Engine.allCases)
    func theNewestAreShownFirstWithoutTheirBodies(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        try await self.bury(spool, 4)
        let letters = try spool.newestDeadLetters(limit: 3)
        #expect(letters.map(\.id) == [4, 3, 2])
        #expect(letters.allSatisfy { $0.call.body.isEmpty && $0.reason == .make(attempts: 3) })
        #expect(letters.first?.call.source == "even")
        #expect(letters.first?.call.messageId == "4")
        #expect(try spool.deadLetter(id: 4)?.call.body.isEmpty == false)
    }

    @Test(arguments: Engine.allCases)
    func idsAreFoundByReasonInPieces(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        try await self.bury(spool, 5)
        let code = try #require(try spool.deadLetter(id: 1)).reason.code
        #expect(try spool.deadIds(code: code, after: .min, through: .max, limit: 3) == [1, 2, 3])
        #expect(try spool.deadIds(code: code, after: 3, through: 4, limit: 3) == [4])
        #expect(try spool.deadIds(code: nil, after: 0, through: .max, limit: 9) == [1, 2, 3, 4, 5])
        #expect(try spool.deadIds(code: "another", after: 0, through: .max, limit: 9).isEmpty)
    }

    @Test(arguments: Engine.allCases)
    func replayKeepsTheOrderGivesNewIdsAndForgetsAttempts(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        try await self.bury(spool, 5)
        #expect(try spool.replayDead(.ids([4, 2, 2, 99])) == 2)
        #expect(try spool.replayDead(.source("odd")) == 3)
        let calls = try await withSession(spool) { try await $0.allFresh() }
        #expect(calls.map(\.messageId) == ["2", "4", "1", "3", "5"])
        #expect(calls.map(\.id) == [6, 7, 8, 9, 10])
        #expect(calls.allSatisfy { $0.attempts == 0 && $0.firstAttemptAt == nil && $0.notBefore == 0 })
        #expect(try spool.statistics().dead == 0)
        #expect(try spool.statistics().fresh == 5)
        // Its message id is still remembered for what arrives from outside.
        #expect(try await spool.append([.make("4")]).duplicates == [0])
    }

    @Test(arguments: Engine.allCases)
    func replayFromAnotherProcessRingsTheBell(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        try await self.bury(spool, 1)
        let command = try fixture.open()
        try await withSession(spool) { session async throws in
            async let waited: Void = session.waitForAppend(seen: 1, timeout: .seconds(60))
            let replayed = try command.replayDead(.all)
            await waited
            let ids = try await session.allFresh().map(\.id)
            #expect(replayed == 1)
            #expect(ids == [2])
        }
    }

    @Test(arguments: Engine.allCases)
    func manyLettersAreMovedInSeveralPieces(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        try await self.bury(spool, 1700)
        #expect(try spool.dropDead(.source("even")) == 850)
        #expect(try spool.replayDead(.all) == 850)
        #expect(try spool.dropDead(.all) == 0)
        let calls = try await withSession(spool) { try await $0.allFresh() }
        #expect(calls.map(\.messageId) == stride(from: 1, to: 1700, by: 2).map { "\($0)" })
    }

    @Test(arguments: Engine.allCases)
    func longReasonsAreCutBetweenCharacters(_ engine: Engine) async throws {
        let fixture = try SpoolFixture(engine)
        let spool = try fixture.open()
        try await spool.append([.make("1")])
        let text = "x" + String(repeating: "é", count: SpoolLimits.reasonBytes)
        let reason = DeadReason(code: "refused", status: nil, message: text, answer: text, attempts: 1, at: 1)
        try await withSession(spool) { try await $0.settle([.dead(id: 1, reason)]) }
        let letter = try #require(try spool.deadLetter(id: 1))
        #expect(letter.reason.message.utf8.count == SpoolLimits.reasonBytes - 1)
        #expect(text.hasPrefix(letter.reason.answer))
        #expect(letter.reason.status == nil)
    }
}
