import TestSupport
import Testing

@testable import Spool

/// Random operations against the spool and against a model in memory; after each the two must agree.
@Suite(.timeLimit(.minutes(5)))
struct ModelTests {
    @Test(arguments: Engine.allCases, [1, 2, 3, 4, 5, 6] as [UInt64])
    func theSpoolDoesWhatTheModelDoes(_ engine: Engine, seed: UInt64) async throws {
        let fixture = try SpoolFixture(engine)
        var random = SeededRandom(seed: seed)
        var model = SpoolModel(engine: engine)
        let configure: (inout SpoolSettings) -> Void = { settings in
            settings.rejectedMaximum = 20
            // Small runs, so that packing, filters and reading back take part.
            settings.files = {
                $0.dedupeRunKeys = 30
                $0.checkpointBytes = 256 << 10
            }
        }
        var spools = [try fixture.open(configure), try fixture.open(configure)]
        // A step with a server takes some twenty times as long.
        for step in 0..<(engine == .sqlite ? 400 : 100) {
            let index = Int.random(in: 0..<2, using: &random)
            let spool = spools[index]
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<45:
                let batch = Self.batch(step, &random)
                let receipt = try await spool.append(batch.calls, rejected: batch.rejected)
                #expect(receipt.duplicates == model.append(batch, rejectedMaximum: 20))
            case 45..<80:
                let settlements = Self.settlements(model, &random)
                try await withSession(spool) { try await $0.settle(settlements) }
                model.settle(settlements)
            case 80..<88:
                let selection = Self.selection(model, &random)
                #expect(try spool.replayDead(selection) == model.replay(selection))
            case 88..<92:
                let selection = Self.selection(model, &random)
                #expect(try spool.dropDead(selection) == model.drop(selection))
            default:
                spool.close()
                spools[index] = try fixture.open(configure)
            }
            try await Self.compare(spools[index], model)
        }
    }

    private static let sources = ["a", "b", "c"]

    private static func batch(_ step: Int, _ random: inout SeededRandom) -> AppendBatch {
        let calls = (0..<Int.random(in: 0..<30, using: &random)).map { number in
            // A quarter of the ids are ones that may have been there.
            let isOld = Int.random(in: 0..<4, using: &random) == 0
            let id = isOld ? "\(Int.random(in: 0...step, using: &random))/\(number % 5)" : "\(step)/\(number)"
            return NewCall.make(
                id,
                source: sources[Int.random(in: 0..<3, using: &random)],
                lane: .random(in: -3..<3, using: &random),
                receivedAt: Int64(step),
                body: [UInt8](repeating: 7, count: Int.random(in: 0..<6000, using: &random))
            )
        }
        let rejected = (0..<Int.random(in: 0..<4, using: &random)).map {
            RejectedEvent.make("\(step)!\($0)", source: sources[Int.random(in: 0..<3, using: &random)])
        }
        return AppendBatch(calls: calls, rejected: rejected)
    }

    private static func settlements(_ model: SpoolModel, _ random: inout SeededRandom) -> [Settlement] {
        // Sorted first: the order of a dictionary differs from run to run, whatever the seed.
        let ids =
            Array(model.fresh.keys.sorted().prefix(60)) + Array(model.deferred.keys.sorted().prefix(30))
            + Array(model.dead.keys.sorted().prefix(2))
        var settlements: [Settlement] = []
        for id in ids.shuffled(using: &random) {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5: settlements.append(.delivered(id: id))
            case 5: settlements.append(.dead(id: id, .make(attempts: 3, at: id)))
            case 6:
                settlements.append(
                    .retry(id: id, attempts: 2, firstAttemptAt: id, notBefore: id * 2, reason: "timeout")
                )
            case 7: settlements.append(.park(id: id))
            case 8: settlements += [.park(id: id), .delivered(id: id), .park(id: id)]
            default: break
            }
        }
        return settlements
    }

    private static func selection(_ model: SpoolModel, _ random: inout SeededRandom) -> DeadSelection {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .all
        case 1: .source(Self.sources[Int.random(in: 0..<3, using: &random)])
        default: .ids(model.dead.keys.sorted().shuffled(using: &random).prefix(3) + [4_000_000])
        }
    }

    private static func compare(_ spool: any Spool, _ model: SpoolModel) async throws {
        // First the session: whose a call is, a server does not know; the figures of sources are of what was read.
        try await withSession(spool) { session async throws in
            let fresh = try await session.allFresh()
            #expect(fresh == model.fresh.values.sorted { $0.id < $1.id })
            let deferred = try await session.allDeferred()
            #expect(deferred == model.deferred.values.sorted { ($0.lane, $0.id) < ($1.lane, $1.id) })
        }
        let statistics = try spool.statistics()
        #expect(statistics.fresh == model.fresh.count)
        #expect(statistics.deferred == model.deferred.count)
        #expect(statistics.dead == model.dead.count)
        #expect(statistics.rejected == model.rejected.count)
        #expect(statistics.rejectedDropped == model.rejectedDropped)
        #expect(statistics.appended == model.appended)
        // A server keeps no count of what it did not store: each process has its own since its start.
        if model.engine == .sqlite { #expect(statistics.duplicates == model.duplicates) }
        #expect(statistics.delivered == model.delivered)
        #expect(statistics.lastId == model.lastId)
        // A server does not say how many ids it remembers: what is told is how many calls it holds.
        if model.engine == .sqlite { #expect(statistics.dedupeIds == model.seen.count) }
        for source in statistics.sources {
            #expect(source.fresh == model.fresh.values.count { $0.source == source.source })
            #expect(source.deferred == model.deferred.values.count { $0.source == source.source })
            #expect(source.dead == model.dead.values.count { $0.call.source == source.source })
        }
        let letters = try spool.deadLetters(source: nil, after: .min, limit: .max)
        #expect(letters == model.dead.values.sorted { $0.id < $1.id })
        let rejected = try spool.rejectedEvents(after: 0, limit: .max)
        #expect(rejected == model.rejected)
    }
}

/// What a spool is to do, in the simplest words.
private struct SpoolModel: Sendable {
    let engine: Engine
    var lastId: Int64 = 0
    var fresh: [Int64: StoredCall] = [:]
    var deferred: [Int64: StoredCall] = [:]
    var dead: [Int64: DeadLetter] = [:]
    var rejected: [RejectedRecord] = []
    var rejectedDropped = 0
    var seen: Set<DedupeKey> = []
    var appended = 0
    var duplicates = 0
    var delivered = 0

    mutating func append(_ batch: AppendBatch, rejectedMaximum: Int) -> [Int] {
        var repeats: [Int] = []
        for (index, call) in batch.calls.enumerated() {
            guard self.seen.insert(call.dedupe).inserted else {
                repeats.append(index)
                continue
            }
            self.lastId += 1
            self.fresh[self.lastId] = StoredCall(
                id: self.lastId,
                source: call.source,
                kind: call.kind,
                lane: call.lane,
                messageId: call.messageId,
                traceId: call.traceId,
                receivedAt: call.receivedAt,
                body: call.body
            )
            self.appended += 1
        }
        self.duplicates += repeats.count
        for event in batch.rejected {
            let id = self.nextRejectedId()
            self.rejected.append(RejectedRecord(id: id, event: event, rawBytes: event.raw.count))
        }
        let excess = max(0, self.rejected.count - rejectedMaximum)
        self.rejected.removeFirst(excess)
        self.rejectedDropped += excess
        return repeats
    }

    /// Files give all that they store ids from one sequence; servers have a stream of rejected events, with its own.
    private mutating func nextRejectedId() -> Int64 {
        switch self.engine {
        case .sqlite:
            self.lastId += 1
            return self.lastId
        case .jetStream:
            return Int64(self.rejected.count + self.rejectedDropped) + 1
        }
    }

    mutating func settle(_ settlements: [Settlement]) {
        for settlement in settlements {
            let id = settlement.id
            guard let call = self.fresh[id] ?? self.deferred[id] else { continue }
            switch settlement {
            case .delivered:
                self.delivered += 1
                self.remove(id)
            case .dead(_, let reason):
                self.remove(id)
                let died = call.with(attempts: reason.attempts, firstAttemptAt: call.firstAttemptAt, notBefore: 0)
                self.dead[id] = DeadLetter(call: died, reason: reason)
            case .retry(_, let attempts, let firstAttemptAt, let notBefore, _):
                self.remove(id)
                self.deferred[id] = call.with(
                    attempts: attempts,
                    firstAttemptAt: firstAttemptAt,
                    notBefore: notBefore
                )
            case .park:
                guard self.fresh[id] != nil else { continue }
                self.remove(id)
                self.deferred[id] = call
            }
        }
    }

    mutating func replay(_ selection: DeadSelection) -> Int {
        let letters = self.take(selection)
        // Servers count what is in their streams, so that a call that was put back is one more.
        if self.engine == .jetStream { self.appended += letters.count }
        for letter in letters {
            self.lastId += 1
            self.fresh[self.lastId] = StoredCall(
                id: self.lastId,
                source: letter.call.source,
                kind: letter.call.kind,
                lane: letter.call.lane,
                messageId: letter.call.messageId,
                traceId: letter.call.traceId,
                receivedAt: letter.call.receivedAt,
                body: letter.call.body
            )
        }
        return letters.count
    }

    mutating func drop(_ selection: DeadSelection) -> Int {
        self.take(selection).count
    }

    private mutating func take(_ selection: DeadSelection) -> [DeadLetter] {
        let letters = self.dead.values.filter { letter in
            switch selection {
            case .all: true
            case .source(let source): letter.call.source == source
            case .ids(let ids): ids.contains(letter.id)
            }
        }
        for letter in letters { self.dead[letter.id] = nil }
        return letters.sorted { $0.id < $1.id }
    }

    private mutating func remove(_ id: Int64) {
        self.fresh[id] = nil
        self.deferred[id] = nil
    }
}

extension StoredCall {
    fileprivate func with(attempts: Int, firstAttemptAt: Int64?, notBefore: Int64) -> StoredCall {
        StoredCall(
            id: self.id,
            source: self.source,
            kind: self.kind,
            lane: self.lane,
            messageId: self.messageId,
            traceId: self.traceId,
            receivedAt: self.receivedAt,
            body: self.body,
            attempts: attempts,
            firstAttemptAt: firstAttemptAt,
            notBefore: notBefore
        )
    }
}
