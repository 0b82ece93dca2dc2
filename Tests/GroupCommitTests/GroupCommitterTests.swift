import Dispatch
import GroupCommit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct GroupCommitterTests {
    @Test
    func everyItemGetsItsOwnOutcome() async {
        let committer = GroupCommitter<Int, Int>(label: "test") { items in items.map { $0 * 2 } }
        let outcomes = await withTaskGroup(of: (Int, Int).self) { group in
            for item in 0..<1000 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        #expect(committer.submit(item) { continuation.resume(returning: (item, $0)) })
                    }
                }
            }
            return await group.reduce(into: [Int: Int]()) { $0[$1.0] = $1.1 }
        }
        committer.stop()
        #expect(outcomes.count == 1000)
        #expect(outcomes.allSatisfy { $0.value == $0.key * 2 })
    }

    @Test
    func itemsOfOneThreadKeepTheirOrder() {
        let order = Mutex<[Int]>([])
        let committed = Mutex<[Int]>([])
        let committer = GroupCommitter<Int, Void>(label: "test", maximumBatch: 7) { items in
            committed.withLock { $0 += items }
            return items.map { _ in }
        }
        for item in 0..<500 {
            #expect(committer.submit(item) { order.withLock { $0.append(item) } })
        }
        committer.stop()
        #expect(committed.withLock { $0 } == Array(0..<500))
        #expect(order.withLock { $0 } == Array(0..<500))
    }

    @Test
    func whatArrivesDuringACommitSharesTheNextOne() {
        let gate = Gate()
        let batches = Mutex<[[Int]]>([])
        let committer = GroupCommitter<Int, Void>(label: "test") { items in
            batches.withLock { $0.append(items) }
            if items == [0] { gate.enterAndWait() }
            return items.map { _ in }
        }
        #expect(committer.submit(0) { _ in })
        gate.waitUntilEntered()
        for item in 1...20 { #expect(committer.submit(item) { _ in }) }
        #expect(committer.waiting == 20)
        gate.open()
        committer.stop()
        #expect(batches.withLock { $0 } == [[0], Array(1...20)])
        #expect(committer.waiting == 0)
    }

    @Test
    func aCommitTakesNoMoreThanItsCountAndItsWeight() {
        let gate = Gate()
        let batches = Mutex<[[Int]]>([])
        let commit: @Sendable ([Int]) -> [Void] = { items in
            batches.withLock { $0.append(items) }
            if items == [0] { gate.enterAndWait() }
            return items.map { _ in }
        }
        let committer = GroupCommitter<Int, Void>(
            label: "test",
            maximumBatch: 3,
            maximumWeight: 100,
            weight: { $0 },
            commit: commit
        )
        #expect(committer.submit(0) { _ in })
        gate.waitUntilEntered()
        for item in [1, 1, 1, 1, 60, 60, 500, Int.max, Int.max] { #expect(committer.submit(item) { _ in }) }
        gate.open()
        committer.stop()
        #expect(batches.withLock { $0 } == [[0], [1, 1, 1], [1, 60, 60], [500], [Int.max], [Int.max]])
    }

    @Test
    func completionsRunWhileTheNextCommitIsUnderWay() {
        let gate = Gate()
        let acknowledged = DispatchSemaphore(value: 0)
        let committer = GroupCommitter<Int, Void>(label: "test") { items in
            if items.contains(1) { gate.enterAndWait() }
            return items.map { _ in }
        }
        // The second commit cannot end before the first completion has run.
        let accepted = committer.submit(0) { _ in
            #expect(committer.submit(1) { _ in })
            gate.waitUntilEntered()
            acknowledged.signal()
        }
        #expect(accepted)
        acknowledged.wait()
        gate.open()
        committer.stop()
    }

    @Test
    func stopCommitsWhatWaitsAndRefusesTheRest() {
        let completions = Atomic<Int>(0)
        let committer = GroupCommitter<Int, Void>(label: "test", maximumBatch: 1) { items in items.map { _ in } }
        for item in 0..<200 {
            #expect(committer.submit(item) { completions.add(1, ordering: .relaxed) })
        }
        committer.stop()
        #expect(completions.load(ordering: .relaxed) == 200)
        #expect(!committer.submit(1) { _ in Issue.record("a completion ran after stop") })
        committer.stop()
    }

    @Test
    func stopFromSeveralThreadsWaitsInEach() {
        let gate = Gate()
        let completions = Atomic<Int>(0)
        let committer = GroupCommitter<Int, Void>(label: "test") { items in
            gate.enterAndWait()
            return items.map { _ in }
        }
        #expect(committer.submit(0) { completions.add(1, ordering: .sequentiallyConsistent) })
        gate.waitUntilEntered()
        let stopped = DispatchGroup()
        for index in 0..<4 {
            stopped.enter()
            WorkerThread.startWithProgram(name: "stop-\(index)") {
                committer.stop()
                #expect(completions.load(ordering: .sequentiallyConsistent) == 1)
                stopped.leave()
            }
        }
        gate.open()
        stopped.wait()
    }

    @Test
    func theLastReferenceEndsTheThreadsAfterWhatWaits() {
        let done = DispatchSemaphore(value: 0)
        var committer: GroupCommitter<Token, Void>? = GroupCommitter(label: "test") { items in items.map { _ in } }
        // The token is let go after its completion, and with the closure that the threads hold.
        #expect(committer?.submit(Token(done)) { _ in } == true)
        committer = nil
        done.wait()
    }
}

/// Signals when nobody holds it any more.
private final class Token: Sendable {
    private let done: DispatchSemaphore

    init(_ done: DispatchSemaphore) {
        self.done = done
    }

    deinit {
        self.done.signal()
    }
}

/// Holds a commit up until the test has looked.
private final class Gate: Sendable {
    private let entered = DispatchSemaphore(value: 0)
    private let opened = DispatchSemaphore(value: 0)

    func enterAndWait() {
        self.entered.signal()
        self.opened.wait()
    }

    func waitUntilEntered() {
        self.entered.wait()
    }

    func open() {
        self.opened.signal()
    }
}
