import DequeModule
import Dispatch
import Synchronization

/// Gathers items from any thread; one committer thread takes everything that waits, commits it, and an acknowledger
/// thread runs the completions while the next commit is under way.
///
/// There is no artificial delay: a batch grows by itself while the previous one is being committed. All members may be
/// called from any thread. The threads end at ``stop()``, or when the last reference goes away (what waits is committed
/// then, too).
package final class GroupCommitter<Item: Sendable, Outcome: Sendable>: Sendable {
    /// Shared with the two threads, so that they do not keep the committer itself alive.
    private let core: Core

    /// Starts both threads.
    ///
    /// - Parameters:
    ///   - label: names the threads.
    ///   - maximumBatch: the most items that one commit takes.
    ///   - maximumWeight: a commit takes items until their weights reach this; it always takes at least one.
    ///   - weight: what an item weighs, for example its bytes; called once for each item, on the submitting thread.
    ///   - commit: called on the committer thread only; returns exactly one outcome for each item, in their order.
    package init(
        label: String,
        maximumBatch: Int = 4096,
        maximumWeight: Int = .max,
        weight: @escaping @Sendable (Item) -> Int = { _ in 0 },
        commit: @escaping @Sendable ([Item]) -> [Outcome]
    ) {
        precondition(maximumBatch > 0, "a commit must take at least one item")
        self.core = Core(
            maximumBatch: maximumBatch,
            maximumWeight: maximumWeight,
            weight: weight,
            commit: commit
        )
        let core = self.core
        WorkerThread.start(name: "\(label)-commit") { core.runCommitter() }
        WorkerThread.start(name: "\(label)-ack") { core.runAcknowledger() }
    }

    deinit {
        self.core.requestStop()
    }

    /// Hands in an item. Never blocks.
    ///
    /// - Parameter completion: runs once, on the acknowledger thread, after the item's commit. It must not block and must
    ///   not call ``stop()``.
    /// - Returns: false when stopped; `completion` is then never called.
    package func submit(_ item: Item, completion: @escaping @Sendable (Outcome) -> Void) -> Bool {
        self.core.submit(item, completion: completion)
    }

    /// Items that no commit has taken yet.
    package var waiting: Int { self.core.waiting }

    /// Commits what waits, runs all completions and ends both threads. Blocks until that is done; may be called twice,
    /// but not from a completion or from `commit`.
    package func stop() {
        self.core.requestStop()
        self.core.ended.wait()
    }
}

extension GroupCommitter {
    /// The state and the loops of the two threads.
    private final class Core: Sendable {
        /// An item that waits for its commit.
        struct Entry: Sendable {
            let item: Item
            let weight: Int
            let completion: @Sendable (Outcome) -> Void
        }

        /// What a commit left to be told.
        struct Acknowledgement: Sendable {
            let entries: [Entry]
            let outcomes: [Outcome]
        }

        struct State {
            var entries = Deque<Entry>()
            var acknowledgements: [Acknowledgement] = []
            var committerSleeps = false
            var acknowledgerSleeps = false
            var stopping = false
            var committed = false
        }

        /// What a thread does next.
        enum Step<Work> {
            case work(Work)
            case sleep
            case end
        }

        private let state = Mutex(State())
        /// Signalled only while the committer sleeps: a submit into a busy committer costs no system call.
        private let work = DispatchSemaphore(value: 0)
        private let acknowledge = DispatchSemaphore(value: 0)
        /// Left by each thread at its end.
        let ended = DispatchGroup()

        private let maximumBatch: Int
        private let maximumWeight: Int
        private let weight: @Sendable (Item) -> Int
        private let commit: @Sendable ([Item]) -> [Outcome]

        init(
            maximumBatch: Int,
            maximumWeight: Int,
            weight: @escaping @Sendable (Item) -> Int,
            commit: @escaping @Sendable ([Item]) -> [Outcome]
        ) {
            self.maximumBatch = maximumBatch
            self.maximumWeight = maximumWeight
            self.weight = weight
            self.commit = commit
            self.ended.enter()
            self.ended.enter()
        }

        var waiting: Int { self.state.withLock { $0.entries.count } }

        func submit(_ item: Item, completion: @escaping @Sendable (Outcome) -> Void) -> Bool {
            let entry = Entry(item: item, weight: self.weight(item), completion: completion)
            let (accepted, wake) = self.state.withLock { state in
                guard !state.stopping else { return (false, false) }
                state.entries.append(entry)
                defer { state.committerSleeps = false }
                return (true, state.committerSleeps)
            }
            if wake { self.work.signal() }
            return accepted
        }

        func requestStop() {
            let wake = self.state.withLock { state in
                state.stopping = true
                defer { state.committerSleeps = false }
                return state.committerSleeps
            }
            if wake { self.work.signal() }
        }

        func runCommitter() {
            defer { self.ended.leave() }
            while true {
                switch self.nextBatch() {
                case .work(let entries): self.commit(entries)
                case .sleep: self.work.wait()
                case .end:
                    self.finishCommitting()
                    return
                }
            }
        }

        func runAcknowledger() {
            defer { self.ended.leave() }
            while true {
                switch self.nextAcknowledgements() {
                case .work(let acknowledgements):
                    for acknowledgement in acknowledgements {
                        for (entry, outcome) in zip(acknowledgement.entries, acknowledgement.outcomes) {
                            entry.completion(outcome)
                        }
                    }
                case .sleep: self.acknowledge.wait()
                case .end: return
                }
            }
        }

        private func commit(_ entries: [Entry]) {
            let outcomes = self.commit(entries.map(\.item))
            precondition(outcomes.count == entries.count, "a commit returns exactly one outcome for each item")
            let wake = self.state.withLock { state in
                state.acknowledgements.append(Acknowledgement(entries: entries, outcomes: outcomes))
                defer { state.acknowledgerSleeps = false }
                return state.acknowledgerSleeps
            }
            if wake { self.acknowledge.signal() }
        }

        private func finishCommitting() {
            let wake = self.state.withLock { state in
                state.committed = true
                defer { state.acknowledgerSleeps = false }
                return state.acknowledgerSleeps
            }
            if wake { self.acknowledge.signal() }
        }

        private func nextBatch() -> Step<[Entry]> {
            self.state.withLock { state in
                if state.entries.isEmpty {
                    if state.stopping { return .end }
                    state.committerSleeps = true
                    return .sleep
                }
                var count = 0
                var weight = 0
                for entry in state.entries {
                    if count == self.maximumBatch || (count > 0 && weight >= self.maximumWeight) { break }
                    count += 1
                    let sum = weight.addingReportingOverflow(entry.weight)
                    weight = sum.overflow ? .max : sum.partialValue
                }
                let batch = Array(state.entries.prefix(count))
                state.entries.removeFirst(count)
                return .work(batch)
            }
        }

        private func nextAcknowledgements() -> Step<[Acknowledgement]> {
            self.state.withLock { state in
                if state.acknowledgements.isEmpty {
                    if state.committed { return .end }
                    state.acknowledgerSleeps = true
                    return .sleep
                }
                defer { state.acknowledgements = [] }
                return .work(state.acknowledgements)
            }
        }
    }
}
