import Dispatch
import Synchronization
import Testing

@testable import HydraEngine

/// Accounts share the threads, and what nobody waits for is not done.
@Suite struct RequestThreadsTests {
    private func submit(_ threads: RequestThreads, _ account: Int64, _ work: @escaping @Sendable () -> Void) -> Bool {
        threads.submit(.account(account), isWanted: { true }, dropped: {}, work: work)
    }

    @Test func anAccountThatFillsItsShareLeavesThreadsToTheOthers() {
        let threads = RequestThreads(label: "test", count: 4, niceness: 0)
        let gate = DispatchSemaphore(value: 0)
        let underWay = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        for _ in 0..<20 {
            #expect(
                self.submit(threads, 1) {
                    most.max(underWay.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
                    gate.wait()
                    underWay.subtract(1, ordering: .relaxed)
                }
            )
        }
        let done = DispatchSemaphore(value: 0)
        #expect(self.submit(threads, 2) { done.signal() })
        // Twenty long requests are before it.
        #expect(done.wait(timeout: .now() + 10) == .success)
        for _ in 0..<20 { gate.signal() }
        threads.stop()
        #expect(most.load(ordering: .relaxed) <= 2)
    }

    @Test func whatNobodyWaitsForIsDropped() {
        let threads = RequestThreads(label: "test", count: 2, niceness: 0)
        let dropped = DispatchSemaphore(value: 0)
        let isTaken = threads.submit(
            .account(1),
            isWanted: { false },
            dropped: { dropped.signal() },
            work: { Issue.record("was done") }
        )
        #expect(isTaken)
        #expect(dropped.wait(timeout: .now() + 10) == .success)
        threads.stop()
        #expect(!self.submit(threads, 1) { Issue.record("was done") })
    }

    @Test func aLaneHoldsOnlySoMuch() {
        let threads = RequestThreads(label: "test", count: 2, niceness: 0)
        let gate = DispatchSemaphore(value: 0)
        let done = Atomic<Int>(0)
        let taken = (0..<200).filter { _ in
            threads.submit(
                .account(1),
                isWanted: { true },
                dropped: { done.add(1, ordering: .relaxed) },
                work: {
                    gate.wait()
                    done.add(1, ordering: .relaxed)
                }
            )
        }.count
        #expect((RequestThreads.maximumWaiting...RequestThreads.maximumWaiting + 1).contains(taken))
        for _ in 0..<200 { gate.signal() }
        threads.stop()
        #expect(done.load(ordering: .relaxed) == taken)
    }
}

@Suite struct CallSharesTests {
    @Test func anAccountWaitsForItselfAndKeepsItsOrder() {
        let shares = CallShares(share: 10)
        let started = Mutex<[String]>([])
        func enter(_ account: Int64, _ cost: Int, _ name: String) {
            shares.enter(account, cost: cost) { started.withLock { $0.append(name) } }
        }
        enter(1, 25, "a")
        enter(1, 4, "b")
        enter(1, 4, "c")
        enter(1, 4, "d")
        enter(2, 4, "e")
        #expect(started.withLock { $0 } == ["a", "e"])
        shares.leave(1, cost: 25)
        #expect(started.withLock { $0 } == ["a", "e", "b", "c"])
        shares.leave(1, cost: 4)
        #expect(started.withLock { $0 } == ["a", "e", "b", "c", "d"])
    }
}
