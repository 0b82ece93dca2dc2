import Logging
import Spool
import TestSupport
import Testing

@testable import Gateway

/// Whole spools change their place; real files on both sides.
@Suite(.timeLimit(.minutes(2))) struct SpoolMoveTests {
    private static let lanes = 7

    /// Two spools, and the journal of a move between them.
    private final class Sides: Sendable {
        let directory: TemporaryDirectory
        let old: SQLiteSpool
        let new: SQLiteSpool

        init() throws {
            self.directory = try TemporaryDirectory()
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            self.old = try SQLiteSpool(
                configuration: SQLiteSpoolConfiguration(directory: self.directory.file("old")),
                logger: logger
            )
            self.new = try SQLiteSpool(
                configuration: SQLiteSpoolConfiguration(directory: self.directory.file("new")),
                logger: logger
            )
        }

        deinit {
            self.old.close()
            self.new.close()
        }

        func move(isBack: Bool = false) throws -> SpoolMove {
            let places = isBack ? ("new", "old") : ("old", "new")
            return SpoolMove(
                from: isBack ? self.new : self.old,
                to: isBack ? self.old : self.new,
                journal: try MoveJournal(path: self.directory.file("move"), from: places.0, to: places.1)
            )
        }
    }

    private static func append(_ numbers: Range<Int>, to spool: any Spool, rejected: Int = 0) async throws {
        let calls = numbers.map { number in
            NewCall(
                source: number % 2 == 0 ? "web" : "app",
                kind: 2,
                lane: Int64(number % Self.lanes),
                dedupe: DedupeKeys.key(scope: 1, messageId: "\(number)"),
                messageId: "\(number)",
                traceId: "trace-\(number)",
                receivedAt: Int64(1_000 + number),
                body: Array(#"{"n":\#(number)}"#.utf8)
            )
        }
        let events = (0..<rejected).map { number in
            RejectedEvent(
                source: "web",
                code: "no_user_anon_id",
                message: "nobody",
                messageId: "r-\(number)",
                traceId: "trace",
                receivedAt: 1,
                raw: Array("{}".utf8)
            )
        }
        _ = try await withCheckedThrowingContinuation { continuation in
            spool.append(AppendBatch(calls: calls, rejected: events)) { continuation.resume(with: $0) }
        }
    }

    /// Lane 0 waits for a second attempt of its first call, the rest parked behind; the last call of lane 1 is dead.
    private static func disturb(_ spool: any Spool) async throws {
        let session = try await spool.acquireDelivery()
        let calls = try await session.fresh(after: 0, limit: 10_000, maximumBytes: 1 << 30)
        let first = calls.filter { $0.lane == 0 }
        var settlements: [Settlement] = []
        for (index, call) in first.enumerated() {
            settlements.append(
                index == 0
                    ? .retry(id: call.id, attempts: 3, firstAttemptAt: 5, notBefore: .max / 2, reason: "http_503")
                    : .park(id: call.id)
            )
        }
        if let last = calls.last(where: { $0.lane == 1 }) {
            let reason = DeadReason(code: "refused", status: 422, message: "no", answer: "{}", attempts: 2, at: 9)
            settlements.append(.dead(id: last.id, reason))
        }
        try await session.settle(settlements)
        await session.release()
    }

    private static func contents(of spool: any Spool) async throws -> [StoredCall] {
        let session = try await spool.acquireDelivery()
        let calls = try await session.fresh(after: 0, limit: 100_000, maximumBytes: 1 << 30)
        await session.release()
        return calls
    }

    /// Every number once, each lane's in order.
    private static func expectAll(_ numbers: Range<Int>, in spool: any Spool, dead: Int) async throws {
        let calls = try await Self.contents(of: spool)
        #expect(Set(calls.map(\.messageId)).count == calls.count)
        #expect(calls.count == numbers.count - dead)
        for lane in 0..<Self.lanes {
            let own = calls.filter { $0.lane == Int64(lane) }.compactMap { Int($0.messageId) }
            #expect(own == own.sorted())
            #expect(own.allSatisfy { $0 % Self.lanes == lane })
        }
        #expect(calls.allSatisfy { call in call.body == Array(#"{"n":\#(call.messageId)}"#.utf8) })
        #expect(calls.allSatisfy { call in call.receivedAt == Int64(call.messageId).map { $0 + 1_000 } })
        let letters = try spool.deadLetters(source: nil, after: 0, limit: 100)
        #expect(letters.count == dead)
        #expect(letters.allSatisfy { $0.reason.status == 422 && $0.reason.attempts == 2 && $0.reason.at == 9 })
        let statistics = try spool.statistics()
        #expect(statistics.deferred == 0)
    }

    @Test func everythingIsOnTheOtherSideAfterwards() async throws {
        let sides = try Sides()
        try await Self.append(0..<2_000, to: sides.old, rejected: 3)
        try await Self.disturb(sides.old)
        var move = try sides.move()
        try await move.run()
        #expect(move.result.calls == 1_999)
        #expect(move.result.dead == 1)
        #expect(move.result.rejected == 3)
        try await Self.expectAll(0..<2_000, in: sides.new, dead: 1)
        #expect(try sides.new.rejectedEvents(after: 0, limit: 10).map(\.event.messageId) == ["r-0", "r-1", "r-2"])
        let left = try sides.old.statistics()
        #expect(left.depth == 0)
        #expect(left.dead == 0)
    }

    @Test func whatComesBackIsNotTakenForARepeat() async throws {
        let sides = try Sides()
        try await Self.append(0..<700, to: sides.old)
        try await Self.disturb(sides.old)
        var move = try sides.move()
        try await move.run()
        // The old spool still remembers every messageId.
        var back = try sides.move(isBack: true)
        try await back.run()
        try await Self.expectAll(0..<700, in: sides.old, dead: 1)
        #expect(try sides.new.statistics().depth == 0)
        #expect(try sides.new.statistics().dead == 0)
        // And once more.
        var again = try sides.move()
        try await again.run()
        try await Self.expectAll(0..<700, in: sides.new, dead: 1)
    }

    @Test func aMoveThatIsCutOffGoesOn() async throws {
        struct PowerCut: Error {}
        let sides = try Sides()
        try await Self.append(0..<3_000, to: sides.old, rejected: 2)
        try await Self.disturb(sides.old)
        // Each run comes one batch further than the one before took away, and dies with it half done.
        var isDone = false
        var cuts = 0
        while !isDone {
            var move = try sides.move()
            var batches = 0
            move.afterAppend = {
                batches += 1
                if batches == 2 || cuts == 0 { throw PowerCut() }
            }
            do {
                try await move.run()
                isDone = true
            } catch is PowerCut {
                cuts += 1
                try #require(cuts < 100)
            }
        }
        #expect(cuts > 3)
        try await Self.expectAll(0..<3_000, in: sides.new, dead: 1)
        #expect(try sides.new.rejectedEvents(after: 0, limit: 10).count == 2)
        #expect(try sides.old.statistics().depth == 0)
    }

    @Test func anotherMoveDoesNotGoOnWithThisOne() throws {
        let sides = try Sides()
        _ = try sides.move()
        let error = #expect(throws: SpoolMoveError.self) { try sides.move(isBack: true) }
        #expect(error?.message.hasPrefix("a move from old to new was cut off") == true)
        sides.old.close()
    }

    @Test func sidesAreReadFromTheConfiguration() async throws {
        let folder = try TemporaryDirectory()
        let sources = "sources: {a: {writeKey: w, apiKey: k}}"
        func run(_ spool: String, _ other: SpoolMoveCommand.Other) async throws -> String {
            let configuration = try GatewayConfiguration.load(
                text: "spool: {\(spool)}\n\(sources)",
                name: "f",
                flags: other.flags
            )
            return try await SpoolMoveCommand.run(configuration, other) { _ in }
        }
        let (one, two) = (folder.file("one"), folder.file("two"))
        let spool = try SQLiteSpool(
            configuration: SQLiteSpoolConfiguration(directory: one),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await Self.append(0..<10, to: spool)
        spool.close()
        let text = try await run("directory: \(two), minimumFreeBytes: 0", .from(one))
        #expect(text == "10 calls, 0 dead letters and 0 rejected events moved from \(one) to \(two)")
        let back = try await run("directory: \(two), minimumFreeBytes: 0", .to(one))
        #expect(back.hasPrefix("10 calls"))
        let wrong = [(two, "both sides are"), ("here", "neither"), ("/no/such/directory", "there is no spool")]
        for (place, words) in wrong {
            let error = await #expect(throws: SpoolMoveError.self) { try await run("directory: \(two)", .from(place)) }
            #expect(error?.message.contains(words) == true)
        }
    }
}
