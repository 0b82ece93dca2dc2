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
        WorkerThread.startWithProgram(name: "\(label)-commit") { core.runCommitter() }
        WorkerThread.startWithProgram(name: "\(label)-ack") { core.runAcknowledger() }
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
        /// Items with what belongs to each, in the order in which they came.
        ///
        /// Arrays beside each other rather than an array of structures: a commit is handed the items as they lie here,
        /// and taking everything that waits moves three references. This code is not specialised for its items, so each
        /// copy of one would be a call into the runtime.
        struct Batch: Sendable {
            var items: [Item] = []
            var weights: [Int] = []
            var completions: [@Sendable (Outcome) -> Void] = []

            mutating func append(_ item: Item, weight: Int, completion: @escaping @Sendable (Outcome) -> Void) {
                self.items.append(item)
                self.weights.append(weight)
                self.completions.append(completion)
            }

            /// Everything; what is left has room for as much again.
            mutating func takeAll() -> Batch {
                var rest = Batch()
                let room = min(self.weights.count, Self.mostRoom)
                rest.items.reserveCapacity(room)
                rest.weights.reserveCapacity(room)
                rest.completions.reserveCapacity(room)
                swap(&self, &rest)
                return rest
            }

            /// The first `count`.
            mutating func take(_ count: Int) -> Batch {
                let batch = Batch(
                    items: Array(self.items.prefix(count)),
                    weights: Array(self.weights.prefix(count)),
                    completions: Array(self.completions.prefix(count))
                )
                self.items.removeFirst(count)
                self.weights.removeFirst(count)
                self.completions.removeFirst(count)
                return batch
            }

            /// Room that is kept ready: a burst's is given back.
            private static var mostRoom: Int { 256 }
        }

        /// What a commit left to be told. The items go along, so that the committer need not free them.
        struct Acknowledgement: Sendable {
            let batch: Batch
            let outcomes: [Outcome]
        }

        struct State {
            /// What no commit has been offered yet.
            var arrived = Batch()
            /// How many items the committer has taken but not yet committed, because they were too many for one commit.
            var heldBack = 0
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

        var waiting: Int { self.state.withLock { $0.arrived.weights.count + $0.heldBack } }

        func submit(_ item: Item, completion: @escaping @Sendable (Outcome) -> Void) -> Bool {
            let weight = self.weight(item)
            let (accepted, wake) = self.state.withLock { state in
                guard !state.stopping else { return (false, false) }
                state.arrived.append(item, weight: weight, completion: completion)
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
            // What was too much for one commit.
            var backlog = Batch()
            while true {
                switch self.nextBatch(&backlog) {
                case .work(let batch): self.commit(batch)
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
                        let completions = acknowledgement.batch.completions
                        for index in completions.indices { completions[index](acknowledgement.outcomes[index]) }
                    }
                case .sleep: self.acknowledge.wait()
                case .end: return
                }
            }
        }

        private func commit(_ batch: Batch) {
            let outcomes = self.commit(batch.items)
            precondition(outcomes.count == batch.weights.count, "a commit returns exactly one outcome for each item")
            let wake = self.state.withLock { state in
                state.acknowledgements.append(Acknowledgement(batch: batch, outcomes: outcomes))
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

        private func nextBatch(_ backlog: inout Batch) -> Step<Batch> {
            if backlog.weights.isEmpty {
                let step: Step<Batch> = self.state.withLock { state in
                    if state.arrived.weights.isEmpty {
                        if state.stopping { return .end }
                        state.committerSleeps = true
                        return .sleep
                    }
                    let batch = state.arrived.takeAll()
                    // Until it is known how many of them fit.
                    state.heldBack = batch.weights.count
                    return .work(batch)
                }
                guard case .work(let batch) = step else { return step }
                backlog = batch
            }
            let count = self.fitting(backlog.weights)
            let isAll = count == backlog.weights.count
            let batch = isAll ? exchange(&backlog, with: Batch()) : backlog.take(count)
            self.state.withLock { $0.heldBack = backlog.weights.count }
            return .work(batch)
        }

        /// How many items of these weights one commit takes: at least one.
        private func fitting(_ weights: [Int]) -> Int {
            var count = 0
            var sum = 0
            for weight in weights {
                if count == self.maximumBatch || (count > 0 && sum >= self.maximumWeight) { break }
                count += 1
                let (partial, overflow) = sum.addingReportingOverflow(weight)
                sum = overflow ? .max : partial
            }
            return count
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
