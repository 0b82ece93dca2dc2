import Dispatch
import Glibc
import GroupCommit
import Synchronization

/// Threads for requests that may take their time, so that they never hold those that take calls and say whether the
/// program lives.
///
/// Lanes take turns, one request each, and no lane has more than half of the threads: whoever asks a thousand questions
/// waits for his own. Any thread may submit.
package final class RequestThreads: Sendable {
    /// Whose requests wait for each other.
    package enum Lane: Hashable, Sendable {
        case account(Int64)
        /// The pages, before it is known for which account.
        case pages
    }

    private struct Job: Sendable {
        let isWanted: @Sendable () -> Bool
        let work: @Sendable () -> Void
        let dropped: @Sendable () -> Void
    }

    private struct Line {
        var waiting: [Job] = []
        var running = 0
    }

    private struct State {
        var lines: [Lane: Line] = [:]
        /// Lanes with something that waits, each once, the next one first.
        var turns: [Lane] = []
        var sleeping = 0
        var isStopping = false
    }

    private enum Step {
        case work(Job, Lane)
        case sleep
        case end
    }

    /// What one lane may have waiting; more would be answered when nobody waits any more.
    package static let maximumWaiting = 64

    private let perLane: Int
    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)
    private let ended = DispatchGroup()

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - label: names them.
    ///   - niceness: how far they stand back behind the others of the process.
    package init(label: String, count: Int, niceness: Int32) {
        let count = max(2, count)
        self.perLane = count / 2
        for index in 0..<count {
            self.ended.enter()
            // What the thread keeps alive ends with ``stop()``.
            WorkerThread.startWithProgram(name: "\(label)-\(index)") {
                // Linux has a niceness for each thread.
                _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
                self.run()
                self.ended.leave()
            }
        }
    }

    /// Hands in a request. Never blocks.
    ///
    /// - Parameters:
    ///   - isWanted: asked when its turn comes: whether somebody still waits for the answer.
    ///   - dropped: runs instead of `work` if nobody does, or if the threads end first.
    ///   - work: runs once, on one of the threads.
    /// - Returns: false if the lane has too much waiting, or the threads end; nothing runs then.
    package func submit(
        _ lane: Lane,
        isWanted: @escaping @Sendable () -> Bool,
        dropped: @escaping @Sendable () -> Void,
        work: @escaping @Sendable () -> Void
    ) -> Bool {
        let (isTaken, wakes) = self.state.withLock { state in
            var line = state.lines[lane] ?? Line()
            guard !state.isStopping, line.waiting.count < Self.maximumWaiting else { return (false, false) }
            if line.waiting.isEmpty { state.turns.append(lane) }
            line.waiting.append(Job(isWanted: isWanted, work: work, dropped: dropped))
            state.lines[lane] = line
            let wakes = state.sleeping > 0 && line.running < self.perLane
            if wakes { state.sleeping -= 1 }
            return (true, wakes)
        }
        if wakes { self.work.signal() }
        return isTaken
    }

    /// Lets what has begun end, drops what waits, and returns when the threads have ended. Idempotent.
    package func stop() {
        let (jobs, sleeping) = self.state.withLock { state in
            state.isStopping = true
            let jobs = state.lines.values.flatMap(\.waiting)
            for lane in state.lines.keys { state.lines[lane]?.waiting = [] }
            state.turns = []
            defer { state.sleeping = 0 }
            return (jobs, state.sleeping)
        }
        for _ in 0..<sleeping { self.work.signal() }
        for job in jobs { job.dropped() }
        self.ended.wait()
    }

    private func run() {
        var finished: Lane?
        while true {
            switch self.next(after: finished) {
            case .work(let job, let lane):
                if job.isWanted() { job.work() } else { job.dropped() }
                finished = lane
            case .sleep:
                finished = nil
                self.work.wait()
            case .end: return
            }
        }
    }

    /// Whoever ends a request of a lane looks for the next before it sleeps: a lane that has all it may have is never
    /// forgotten.
    private func next(after finished: Lane?) -> Step {
        self.state.withLock { state in
            if let finished, var line = state.lines[finished] {
                line.running -= 1
                state.lines[finished] = line.running == 0 && line.waiting.isEmpty ? nil : line
            }
            if state.isStopping { return .end }
            for (index, lane) in state.turns.enumerated() {
                guard var line = state.lines[lane], line.running < self.perLane, !line.waiting.isEmpty else { continue }
                let job = line.waiting.removeFirst()
                line.running += 1
                state.lines[lane] = line
                state.turns.remove(at: index)
                if !line.waiting.isEmpty { state.turns.append(lane) }
                return .work(job, lane)
            }
            state.sleeping += 1
            return .sleep
        }
    }
}
