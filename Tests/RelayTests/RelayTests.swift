import Hydra
import Logging
import Spool
import Synchronization
import Testing

@testable import Relay

/// The relay with the real spool.
@Suite(.timeLimit(.minutes(2))) struct RelayTests {
    /// Counts what it is told.
    private final class Observer: RelayObserver {
        let attempts = Mutex<[String: [Int64?]]>([:])
        let states = Mutex<[DestinationState]>([])

        func attempted(
            call: StoredCall,
            destination: Destination,
            answer: Answer,
            duration: UInt64,
            willRetryAt: Int64?
        ) {
            self.attempts.withLock { $0[call.messageId, default: []].append(willRetryAt) }
        }

        func stateChanged(_ destination: Destination, from: DestinationState, to: DestinationState) {
            self.states.withLock { $0.append(to) }
        }
    }

    private static var options: RelayOptions {
        var options = RelayOptions()
        options.retryBase = .milliseconds(2)
        options.retryCap = .milliseconds(20)
        options.breakerBase = .milliseconds(2)
        options.breakerCap = .milliseconds(20)
        options.probeInterval = .milliseconds(5)
        return options
    }

    private static func relay(
        _ spool: any Spool,
        _ sender: any CallSending,
        options: RelayOptions = RelayTests.options,
        batch: Bool = false,
        observer: any RelayObserver = Observer(),
        destination: (@Sendable (String) -> Destination?)? = nil
    ) -> Relay {
        Relay(
            spool: spool,
            sender: sender,
            options: options,
            destination: destination ?? { _ in Self.hydra(batch: batch) },
            observer: observer,
            logger: quietLogger
        )
    }

    private static func hydra(batch: Bool = false) -> Destination {
        Destination(
            endpoint: Endpoint(url: "http://hydra", apiKey: APIKey("key")),
            batch: batch,
            concurrency: 8,
            maximumBatch: 100
        )
    }

    @Test(arguments: [false, true])
    func deliversABacklogInOrderAndLeavesTheSpoolEmpty(batch: Bool) async throws {
        let store = try TemporarySpool()
        try await store.append(0..<3_000) { Int64($0 % 37) }
        let sender = RecordingSender()
        let observer = Observer()
        let relay = Self.relay(store.spool, sender, batch: batch, observer: observer)
        let figures = try await relay.deliverOnce(deadline: .seconds(60))
        #expect(figures.delivered == 3_000)
        #expect(figures.isDelivering)
        #expect(!relay.figures.isDelivering)
        #expect(sender.sent.count == 3_000)
        for lane in 0..<37 {
            let ids = sender.messageIds.compactMap { Int($0) }.filter { $0 % 37 == lane }
            #expect(ids == ids.sorted())
        }
        #expect(try store.spool.statistics().depth == 0)
        #expect(observer.attempts.withLock { $0.count } == 3_000)
    }

    @Test func deliversWhatIsAppendedWhileItRuns() async throws {
        let store = try TemporarySpool()
        let sender = RecordingSender()
        let relay = Self.relay(store.spool, sender)
        let run = Task { try await relay.run() }
        for round in 0..<20 {
            try await store.append(round * 5..<round * 5 + 5) { Int64($0 % 3) }
            await sender.waitForCalls(round * 5 + 5)
        }
        #expect(relay.figures.isDelivering)
        run.cancel()
        try await run.value
        #expect(!relay.figures.isDelivering)
        #expect(relay.figures.delivered == 100)
        #expect(try store.spool.statistics().depth == 0)
        #expect(sender.sent.count == 100)
    }

    @Test func goesOnWhenTheSpoolsFilesWereDeleted() async throws {
        let store = try TemporarySpool()
        var options = Self.options
        options.spoolRetryBase = .milliseconds(1)
        options.spoolRetryCap = .milliseconds(10)
        options.stopWithin = .milliseconds(50)
        // Longer than the pauses between settlements that fail: none of them may push the end away.
        options.settleWithin = .milliseconds(50)
        options.idleTimeout = .milliseconds(20)
        // The first calls are under way while the files are deleted, so that they cannot be settled any more.
        let gate = Gate()
        let sender = RecordingSender { _ in
            await gate.pass()
            return .done(status: 200)
        }
        let relay = Self.relay(store.spool, sender, options: options)
        let run = Task { try await relay.run() }
        try await store.append(0..<5) { Int64($0) }
        await sender.waitForCalls(5)
        try store.deleteFiles()
        // Until the spool has noticed, it may refuse.
        var appended = false
        while !appended {
            appended = (try? await store.append(5..<10) { Int64($0) }) != nil
        }
        gate.open()
        while !(5..<10).allSatisfy({ sender.messageIds.contains("\($0)") }) {
            // Those of the first files are gone for good; appending again rings, too, if the first were lost with them.
            _ = try? await store.append(5..<10) { Int64($0) }
            await Task.yield()
        }
        run.cancel()
        try await run.value
    }

    @Test func retriesUntilItIsTakenAndKeepsTheOrder() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<400) { Int64($0 % 10) }
        let failures = Mutex(0)
        let sender = RecordingSender { call in
            guard call.attempt < 3, Int(call.messageId).map({ $0 % 4 == 0 }) == true else { return .done(status: 200) }
            failures.withLock { $0 += 1 }
            return .retry(status: 503, reason: "http_503", message: "busy", after: nil)
        }
        let observer = Observer()
        let relay = Self.relay(store.spool, sender, observer: observer)
        let figures = try await relay.deliverOnce(deadline: .seconds(60))
        #expect(figures.delivered == 400)
        #expect(figures.retried == 200)
        #expect(failures.withLock { $0 } == 200)
        let last = Dictionary(sender.sent.enumerated().map { ($1.messageId, $0) }) { $1 }
        for lane in 0..<10 {
            let places = (0..<400).filter { $0 % 10 == lane }.compactMap { last["\($0)"] }
            #expect(places == places.sorted())
        }
        #expect(observer.attempts.withLock { $0["0"]?.map { $0 != nil } } == [true, true, false])
        #expect(try store.spool.statistics().depth == 0)
    }

    @Test func buriesWhatIsRefusedOrUnknown() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<10) { _ in 1 }
        try await store.append(10..<12, kind: 77) { _ in 1 }
        let sender = RecordingSender { call in
            call.messageId == "4" ? .refused(status: 422, code: "event_missing", message: "no") : .done(status: 200)
        }
        let figures = try await Self.relay(store.spool, sender).deliverOnce(deadline: .seconds(60))
        #expect(figures.delivered == 9)
        #expect(figures.dead == 3)
        #expect(sender.sent.count == 10)
        let dead = try store.spool.deadLetters(source: nil, after: 0, limit: 10)
        #expect(dead.map(\.reason.code) == ["event_missing", "kind_unknown", "kind_unknown"])
        #expect(dead.first?.reason.status == 422)
        #expect(dead.first?.reason.attempts == 1)
    }

    @Test func deliverOnceLeavesLaterRetriesInTheSpool() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<10) { Int64($0) }
        let sender = RecordingSender { call in
            call.messageId == "3"
                ? .retry(status: 503, reason: "http_503", message: "busy", after: .seconds(3_600)) : .done(status: 200)
        }
        let figures = try await Self.relay(store.spool, sender).deliverOnce(deadline: .seconds(60))
        #expect(figures.delivered == 9)
        #expect(figures.blockedLanes == 1)
        let statistics = try store.spool.statistics()
        #expect(statistics.deferred == 1)
        #expect(statistics.fresh == 0)
        // The next run of cron waits for it no more than the first did.
        let second = try await Self.relay(store.spool, sender).deliverOnce(deadline: .seconds(60))
        #expect(second.delivered == 0)
        #expect(sender.sent.count == 10)
    }

    @Test func stoppingLetsWhatIsInFlightFinish() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<100) { Int64($0) }
        let gate = Gate()
        let sender = RecordingSender { _ in
            await gate.pass()
            return .done(status: 200)
        }
        let relay = Self.relay(store.spool, sender)
        let run = Task { try await relay.run() }
        await sender.waitForCalls(8)
        run.cancel()
        gate.open()
        try await run.value
        #expect(sender.sent.count == 8)
        #expect(try store.spool.statistics().depth == 92)
    }

    @Test func whatDoesNotFinishIsCancelledAndSentAgain() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<20) { Int64($0) }
        var options = Self.options
        options.stopWithin = .milliseconds(10)
        let hanging = RecordingSender { _ in
            // Until it is cancelled.
            try? await Task.sleep(for: .seconds(3_600))
            return .retry(status: nil, reason: "cancelled", message: "", after: nil)
        }
        let first = Self.relay(store.spool, hanging, options: options)
        let run = Task { try await first.run() }
        await hanging.waitForCalls(8)
        run.cancel()
        try await run.value
        #expect(try store.spool.statistics().fresh == 20)
        let sender = RecordingSender()
        let figures = try await Self.relay(store.spool, sender).deliverOnce(deadline: .seconds(60))
        #expect(figures.delivered == 20)
        #expect(sender.sent.allSatisfy { $0.attempt == 1 })
    }

    @Test func onlyOneDelivers() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<5) { _ in 1 }
        let gate = Gate()
        let sender = RecordingSender { _ in
            await gate.pass()
            return .done(status: 200)
        }
        let first = Self.relay(store.spool, sender)
        let run = Task { try await first.run() }
        await sender.waitForCalls(1)
        await #expect(throws: RelayError.alreadyRunning) { try await first.run() }
        let other = RecordingSender()
        let second = Self.relay(store.spool, other)
        let figures = try await second.deliverOnce(deadline: .milliseconds(20))
        #expect(!figures.isDelivering)
        #expect(other.sent.isEmpty)
        let waiting = Task { try await second.run() }
        run.cancel()
        gate.open()
        try await run.value
        await other.waitForCalls(4)
        waiting.cancel()
        try await waiting.value
        #expect(sender.messageIds + other.messageIds == ["0", "1", "2", "3", "4"])
    }

    @Test func aSourceThatComesBackIsDelivered() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<50, source: "old") { Int64($0 % 5) }
        try await store.append(50..<60, source: "demo") { Int64($0) }
        let sender = RecordingSender()
        let knowsOld = Flag()
        let relay = Self.relay(store.spool, sender) { source in
            source == "old" && !knowsOld.isSet ? nil : Self.hydra()
        }
        let run = Task { try await relay.run() }
        await sender.waitForCalls(10)
        knowsOld.set()
        relay.destinationsChanged()
        await sender.waitForCalls(60)
        run.cancel()
        try await run.value
        #expect(try store.spool.statistics().depth == 0)
    }

    @Test func returnsWhenTheSpoolIsClosed() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<5) { Int64($0) }
        let sender = RecordingSender()
        let relay = Self.relay(store.spool, sender)
        let run = Task { try? await relay.run() }
        await sender.waitForCalls(5)
        store.spool.close()
        await run.value
        #expect(!relay.figures.isDelivering)
    }

    @Test func isCancelledWhileItWaitsForTheRightToDeliver() async throws {
        let store = try TemporarySpool()
        let session = try await store.spool.acquireDelivery()
        let relay = Self.relay(store.spool, RecordingSender())
        let run = Task { try await relay.run() }
        run.cancel()
        try await run.value
        await session.release()
        _ = try await relay.deliverOnce(deadline: .seconds(5))
    }

    @Test func breakerOpensProbesAndRecovers() async throws {
        let store = try TemporarySpool()
        try await store.append(0..<500) { Int64($0) }
        let calls = Mutex(0)
        let sender = RecordingSender { _ in
            let isBroken = calls.withLock { count in
                count += 1
                return count < 40
            }
            return isBroken
                ? .retry(status: nil, reason: "connect_refused", message: "nobody", after: nil) : .done(status: 200)
        }
        let observer = Observer()
        let figures = try await Self.relay(store.spool, sender, observer: observer).deliverOnce(deadline: .seconds(60))
        #expect(figures.delivered == 500)
        let states = observer.states.withLock { $0 }
        #expect(states.first == .breakerOpen)
        #expect(states.contains(.rampingUp))
        #expect(states.last == .delivering)
        #expect(figures.destinations.first?.state == .delivering)
        #expect(figures.destinations.first?.lastAnswer?.outcome == "done")
    }
}
