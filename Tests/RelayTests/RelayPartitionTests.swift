import Hydra
import Logging
import Spool
import Synchronization
import Testing

@testable import Relay

/// One relay, and two, over a spool in several partitions.
@Suite(.timeLimit(.minutes(2))) struct RelayPartitionTests {
    private final class Observer: RelayObserver {
        let states = Mutex<[DestinationState]>([])

        func stateChanged(_ destination: Destination, from: DestinationState, to: DestinationState) {
            self.states.withLock { $0.append(to) }
        }
    }

    /// Real spools, each a partition, and what was appended to them.
    private struct Store {
        let parts: [TemporarySpool]
        let spool: PartitionedSpool

        init(_ count: Int) throws {
            self.parts = try (0..<count).map { _ in try TemporarySpool() }
            self.spool = PartitionedSpool(self.parts.map(\.spool))
        }

        /// Appends calls; a number's lane is its rest, and decides the partition.
        func append(_ numbers: Range<Int>, lanes: Int) async throws {
            for (index, part) in self.parts.enumerated() {
                let own = numbers.filter { ($0 % lanes) % self.parts.count == index }
                for number in own { try await part.append(number..<number + 1) { Int64($0 % lanes) } }
            }
        }
    }

    private static var options: RelayOptions {
        var options = RelayOptions()
        options.retryBase = .milliseconds(2)
        options.retryCap = .milliseconds(20)
        options.breakerBase = .milliseconds(2)
        options.breakerCap = .milliseconds(20)
        options.partitionPause = .milliseconds(5)
        return options
    }

    private static let endpoint = Endpoint(url: "http://hydra", apiKey: APIKey("key"))

    private static func relay(
        _ spool: any Spool,
        _ sender: any CallSending,
        options: RelayOptions = RelayPartitionTests.options,
        concurrency: Int = 8,
        observer: any RelayObserver = Observer()
    ) -> Relay {
        let destination = Destination(endpoint: Self.endpoint, batch: false, concurrency: concurrency)
        return Relay(
            spool: spool,
            sender: sender,
            options: options,
            destination: { _ in destination },
            observer: observer,
            logger: quietLogger
        )
    }

    private static func expectOrder(_ ids: [String], lanes: Int) {
        let numbers = ids.compactMap { Int($0) }
        for lane in 0..<lanes {
            let own = numbers.filter { $0 % lanes == lane }
            #expect(own == own.sorted())
        }
    }

    private static func eventually(_ condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test func deliversEveryPartitionOnceAndInOrder() async throws {
        let store = try Store(2)
        try await store.append(0..<400, lanes: 11)
        let sender = RecordingSender()
        let relay = Self.relay(store.spool, sender)
        let figures = try await relay.deliverOnce(deadline: .seconds(60))
        #expect(figures.isDelivering)
        #expect(figures.delivered == 400)
        #expect(figures.destinations.count == 1)
        #expect(figures.destinations.first?.delivered == 400)
        #expect(figures.destinations.first?.destination.concurrency == 8)
        #expect(sender.sent.count == 400)
        Self.expectOrder(sender.messageIds, lanes: 11)
        #expect(try store.spool.statistics().depth == 0)
        #expect(!relay.figures.isDelivering)
        // What it did is not forgotten with the sessions.
        #expect(relay.figures.delivered == 400)
        #expect(relay.figures.destinations.first?.delivered == 400)
    }

    @Test func deliversWhatIsAppendedWhileItRuns() async throws {
        let store = try Store(3)
        let sender = RecordingSender()
        let relay = Self.relay(store.spool, sender)
        let run = Task { try await relay.run() }
        for round in 0..<10 {
            try await store.append(round * 6..<round * 6 + 6, lanes: 6)
            await sender.waitForCalls(round * 6 + 6)
        }
        #expect(relay.figures.isDelivering)
        await #expect(throws: RelayError.alreadyRunning) { try await relay.run() }
        run.cancel()
        try await run.value
        #expect(relay.figures.delivered == 60)
        #expect(!relay.figures.isDelivering)
        #expect(try store.spool.statistics().depth == 0)
    }

    @Test func leavesAPartitionThatAnotherDelivers() async throws {
        let store = try Store(2)
        try await store.append(0..<100, lanes: 10)
        let held = try await store.spool.acquireDelivery(partition: 1)
        let sender = RecordingSender()
        let figures = try await Self.relay(store.spool, sender).deliverOnce(deadline: .seconds(3))
        #expect(figures.isDelivering)
        #expect(figures.delivered == 50)
        #expect(sender.messageIds.allSatisfy { Int($0).map { $0 % 2 == 0 } == true })
        await held.release()
        let rest = try await Self.relay(store.spool, sender).deliverOnce(deadline: .seconds(60))
        #expect(rest.delivered == 50)
        Self.expectOrder(sender.messageIds, lanes: 10)
    }

    @Test func anotherRelayTakesOverWhatIsLeft() async throws {
        let store = try Store(4)
        let (first, second) = (RecordingSender(), RecordingSender())
        let relays = (Self.relay(store.spool, first), Self.relay(store.spool, second))
        let runs = (Task { try await relays.0.run() }, Task { try await relays.1.run() })
        try await store.append(0..<200, lanes: 20)
        try await Self.eventually { first.sent.count + second.sent.count >= 200 }
        runs.0.cancel()
        try await runs.0.value
        let before = (first.sent.count, second.sent.count)
        try await store.append(200..<400, lanes: 20)
        await second.waitForCalls(before.1 + 200)
        runs.1.cancel()
        try await runs.1.value
        #expect(first.sent.count == before.0)
        #expect(Set(first.messageIds + second.messageIds).count == 400)
        #expect(first.sent.count + second.sent.count == 400)
        Self.expectOrder(first.messageIds, lanes: 20)
        Self.expectOrder(second.messageIds, lanes: 20)
    }

    @Test(arguments: [1, 2, 3, 8]) func keepsTheConcurrencyOverAllPartitions(concurrency: Int) async throws {
        let store = try Store(4)
        try await store.append(0..<200, lanes: 200)
        let present = Mutex((now: 0, most: 0))
        let sender = RecordingSender { _ in
            present.withLock { counts in
                counts.now += 1
                counts.most = max(counts.most, counts.now)
            }
            try? await Task.sleep(for: .milliseconds(1))
            present.withLock { $0.now -= 1 }
            return .done(status: 200)
        }
        let figures = try await Self.relay(store.spool, sender, concurrency: concurrency)
            .deliverOnce(deadline: .seconds(60))
        #expect(figures.delivered == 200)
        #expect(present.withLock { $0.most } <= concurrency)
    }

    @Test func aPartitionDoesNotStarveBehindAnother() async throws {
        let store = try Store(2)
        // A backlog of seconds in the first partition, one call in the second, one request at a time.
        try await store.parts[0].append(0..<2_000) { Int64($0 * 2) }
        let sender = RecordingSender { _ in
            try? await Task.sleep(for: .milliseconds(1))
            return .done(status: 200)
        }
        let relay = Self.relay(store.spool, sender, concurrency: 1)
        let run = Task { try await relay.run() }
        await sender.waitForCalls(21)
        try await store.parts[1].append(5_000..<5_001) { _ in 1 }
        try await Self.eventually { sender.messageIds.contains("5000") }
        #expect(sender.messageIds.firstIndex(of: "5000") ?? .max < 2_000)
        run.cancel()
        try await run.value
    }

    @Test func requestsThatWaitForTheirTurnAreNotSentAfterTheEnd() async throws {
        let store = try Store(3)
        try await store.append(0..<30, lanes: 30)
        var options = Self.options
        options.stopWithin = .milliseconds(10)
        let hanging = RecordingSender { _ in
            try? await Task.sleep(for: .seconds(3_600))
            return .retry(status: nil, reason: "cancelled", message: "", after: nil)
        }
        let first = Self.relay(store.spool, hanging, options: options, concurrency: 1)
        let run = Task { try await first.run() }
        await hanging.waitForCalls(1)
        run.cancel()
        try await run.value
        #expect(hanging.sent.count == 1)
        #expect(try store.spool.statistics().fresh == 30)
        let sender = RecordingSender()
        let figures = try await Self.relay(store.spool, sender).deliverOnce(deadline: .seconds(60))
        #expect(figures.delivered == 30)
    }

    @Test func tellsOnceWhatAllPartitionsMeet() async throws {
        let store = try Store(4)
        try await store.append(0..<200, lanes: 200)
        let isDown = Mutex(true)
        let sender = RecordingSender { _ in
            isDown.withLock { $0 }
                ? .retry(status: nil, reason: "connect_refused", message: "nobody", after: nil) : .done(status: 200)
        }
        var options = Self.options
        options.breakerBase = .seconds(60)
        options.breakerCap = .seconds(60)
        let observer = Observer()
        let relay = Self.relay(store.spool, sender, options: options, observer: observer)
        let run = Task { try await relay.run() }
        try await Self.eventually { relay.figures.inFlight == 0 && sender.sent.count >= 20 }
        #expect(observer.states.withLock { $0 } == [.breakerOpen])
        #expect(relay.figures.destinations.first?.state == .breakerOpen)
        run.cancel()
        try await run.value
        // The end of a delivery is the end of what it knew.
        #expect(observer.states.withLock { $0 } == [.breakerOpen, .delivering])
    }

    @Test func twoRelaysThatStartTogetherShareThePartitions() async throws {
        let store = try Store(8)
        let clock = ManualClock()
        func order(_ seed: UInt64) -> [Int] {
            var random = SplitMix(seed: seed)
            return Array(0..<8).shuffled(using: &random)
        }
        // Orders of which neither is served first everywhere.
        let other = try #require((2...99).first { order($0).first != order(1).first })
        let orders = [order(1), order(other)]
        let relays = [1, other].map { seed in
            Relay(
                spool: store.spool,
                sender: RecordingSender(),
                options: Self.options,
                destination: { _ in nil },
                observer: Observer(),
                logger: quietLogger,
                clock: clock,
                seed: { seed }
            )
        }
        let runs = relays.map { relay in Task { try await relay.run() } }
        for step in 0..<8 {
            // Whoever asked first has it, the other waits.
            let asked = Set(orders.flatMap { $0.prefix(step + 1) }).count
            try await Self.eventually { relays.map(\.figures.partitions).reduce(0, +) == asked }
            clock.advance(to: Int64(step + 1) * 5)
        }
        #expect(relays.allSatisfy { (1...7).contains($0.figures.partitions) })
        for run in runs { run.cancel() }
        for run in runs { try await run.value }
        #expect(relays.allSatisfy { $0.figures.partitions == 0 })
    }

    /// The clock stands but for what the test moves it by: however slow the machine is, what is to happen within a time does.
    @Test func relaysThatStartAMinuteApartShareThePartitions() async throws {
        let store = try Store(8)
        let clock = ManualClock()
        let options = RelayOptions()
        let pause = options.partitionPause.milliseconds
        let turn = options.partitionTurn.milliseconds
        #expect(turn < 30_000)
        // Each has its own view of the same parts, and knows of the others what the test says.
        let spools = (0..<4).map { _ in PartitionedSpool(store.parts.map(\.spool)) }
        let senders = spools.map { _ in RecordingSender() }
        let destination = Destination(endpoint: Self.endpoint, batch: false, concurrency: 8)
        let relays = zip(spools, senders).map { spool, sender in
            Relay(
                spool: spool,
                sender: sender,
                options: options,
                destination: { _ in destination },
                observer: Observer(),
                logger: quietLogger,
                clock: clock,
                seed: { 1 }
            )
        }
        func shares() -> [Int] { relays.map(\.figures.partitions) }
        var runs: [Task<Void, any Error>] = []
        var now: Int64 = 0
        for (index, relay) in relays.enumerated() {
            runs.append(Task { try await relay.run() })
            for rank in 1...8 {
                // It asks for one after the other.
                try await Self.eventually { spools[index].asked >= rank }
                now += pause
                clock.advance(to: now)
            }
            // All is taken, by whoever came first, until he hears of the others.
            try await Self.eventually { shares().reduce(0, +) == 8 }
            #expect(index == 0 ? shares() == [8, 0, 0, 0] : shares()[index] == 0)
            for spool in spools.prefix(index + 1) { spool.contenders = index }
            try await store.append(index * 100..<index * 100 + 100, lanes: 50)
            let most = (8 + index) / (index + 1)
            // One turn is enough, unless a task was just between looking and sleeping; half a minute must be.
            let until = now + 30_000
            repeat {
                now += turn
                clock.advance(to: now)
                let isLast = now + turn > until
                let patience = ContinuousClock.now + (isLast ? .seconds(60) : .seconds(2))
                while shares().reduce(0, +) != 8 || shares().contains(where: { $0 > most }),
                    ContinuousClock.now < patience
                {
                    try await Task.sleep(for: .milliseconds(2))
                }
            } while (shares().reduce(0, +) != 8 || shares().contains { $0 > most }) && now + turn <= until
            #expect(shares().reduce(0, +) == 8 && shares().allSatisfy { $0 <= most })
            #expect(shares().prefix(index + 1).allSatisfy { $0 > 0 })
            // A minute later the next one starts, and meanwhile nothing moves.
            let before = shares()
            now += 60_000
            clock.advance(to: now)
            #expect(shares() == before)
        }
        #expect(shares() == [2, 2, 2, 2])
        try await Self.eventually { senders.reduce(0) { $0 + $1.sent.count } >= 400 }
        for run in runs { run.cancel() }
        for run in runs { try await run.value }
        #expect(Set(senders.flatMap(\.messageIds)).count == 400)
        #expect(try store.spool.statistics().depth == 0)
        for (relay, sender) in zip(relays, senders) {
            // What was done under earlier sessions counts.
            #expect(relay.figures.delivered == sender.sent.count)
            #expect(relay.figures.destinations.reduce(0) { $0 + $1.delivered } == relay.figures.delivered)
        }
    }

    @Test(
        arguments: [
            (8, 0, 8), (8, 1, 8), (8, 2, 4), (8, 3, 3), (8, 4, 2), (8, 5, 2), (8, 7, 2), (8, 8, 1), (8, 9, 1),
            (1, 1, 1), (256, 3, 86),
        ] as [(Int, Int, Int)]
    )
    func aShareIsRoundedUp(partitions: Int, processes: Int, share: Int) {
        #expect(Relay.share(of: partitions, among: processes) == share)
    }

    @Test func noMoreIsGivenBackThanIsTooMuch() {
        let shared = SharedConcurrency(sender: RecordingSender())
        for partition in 0..<5 { shared.setHeld(partition, true) }
        #expect(!shared.giveBack(7, keeping: 1))
        #expect(shared.giveBack(0, keeping: 3))
        #expect(!shared.giveBack(0, keeping: 3))
        #expect(shared.giveBack(1, keeping: 3))
        #expect(!shared.giveBack(2, keeping: 3))
        shared.setHeld(0, false)
        #expect(!shared.giveBack(2, keeping: 3))
        #expect(shared.giveBack(2, keeping: 2))
        // Taken again, it is held like the others.
        shared.setHeld(1, false)
        shared.setHeld(1, true)
        #expect(shared.giveBack(1, keeping: 2))
    }
}
