import Synchronization
import Testing

@testable import Relay

@Suite(.timeLimit(.minutes(1))) struct WakeupTests {
    /// What was run, in order.
    private final class Log: Sendable {
        private let gates = (0..<3).map { _ in Gate() }
        private let names = Mutex<[String]>([])

        var all: [String] { self.names.withLock { $0 } }

        func add(_ name: String) {
            let count = self.names.withLock { names in
                names.append(name)
                return names.count
            }
            self.gates[count - 1].open()
        }

        func wait(for count: Int) async { await self.gates[count - 1].pass() }
    }

    private let clock = ManualClock()
    private let log = Log()

    @Test func theEarlierTimeWinsWhicheverWasSetFirst() async {
        for times: [Int64] in [[300, 500], [500, 300]] {
            let clock = ManualClock()
            let log = Log()
            let wakeup = Wakeup(clock: clock)
            wakeup.set(at: times[0]) { log.add("\(times[0])") }
            await clock.waitForSleepers(1)
            wakeup.set(at: times[1]) { log.add("\(times[1])") }
            await clock.waitForSleepers(1)
            clock.advance(to: 300)
            await log.wait(for: 1)
            clock.advance(to: 1_000)
            #expect(log.all == ["300"])
        }
    }

    @Test func canBeSetAgainAfterItRan() async {
        let wakeup = Wakeup(clock: self.clock)
        let log = self.log
        wakeup.set(at: 10) { log.add("first") }
        self.clock.advance(to: 10)
        await log.wait(for: 1)
        wakeup.set(at: 20) { log.add("second") }
        self.clock.advance(to: 20)
        await log.wait(for: 2)
        #expect(log.all == ["first", "second"])
    }

    @Test func cancelledItDoesNotRun() async {
        let wakeup = Wakeup(clock: self.clock)
        let log = self.log
        wakeup.set(at: 10) { log.add("cancelled") }
        wakeup.cancel()
        wakeup.set(at: 20) { log.add("set anew") }
        self.clock.advance(to: 20)
        await log.wait(for: 1)
        #expect(log.all == ["set anew"])
    }
}
