import Synchronization

/// Decides which of the workers wait for events, so that no more threads run than the load needs.
///
/// If all idle workers waited in the event set, each request would wake another one: on a busy machine most of the time
/// goes into switching threads (measured with nginx and wrk on the same two cores: 1 worker 62,000 requests/s, 4 that
/// all wait 43,000). So one worker waits, takes what is ready, and waits again; the others are parked. One of these is
/// the lookout: while there is work it looks every ``tick`` whether somebody waits, and if a handler takes long or one
/// worker is not enough, it joins in. A worker that finds nothing to do while another one waits parks again.
///
/// Threads: all workers.
final class WorkerCrew: Sendable {
    /// How long a blocked handler can keep requests waiting while other workers are free. In ns.
    static let tick: UInt64 = 2_000_000
    /// Looks at which nobody waited, one after the other, before another worker joins: one is not enough.
    private static let busyLooks = 4
    /// Looks without any work before the lookout sleeps until there is some.
    private static let quietLooks = 8

    /// Tokens of events that were taken and not yet served, the next one last.
    private let ready = Mutex<[UInt64]>([])
    /// A worker is in the event set, waiting.
    private let isWaiting = Atomic<Bool>(false)
    /// Counts what was taken: if it stands still while nobody waits, a handler takes long.
    private let rounds = Atomic<UInt64>(0)
    private let hasLookout = Atomic<Bool>(false)
    /// The lookout sleeps: whoever begins to work wakes it.
    private let isLookoutAsleep = Atomic<Bool>(false)
    private let isStopped = Atomic<Bool>(false)
    private let lookoutSignal: Signal
    private let parkedSignal: Signal

    init() throws(FastCGIError) {
        self.lookoutSignal = try Signal()
        self.parkedSignal = try Signal()
    }

    /// The next event's token; nil after the worker was parked for a while.
    ///
    /// Events that were taken together are for all workers: none waits behind a handler that takes long.
    func next(from events: EventSet, _ tokens: inout [UInt64]) -> UInt64? {
        if let token = self.ready.withLock({ $0.popLast() }) {
            self.rounds.add(1, ordering: .relaxed)
            return token
        }
        guard !self.isWaiting.exchange(true, ordering: .sequentiallyConsistent) else {
            // One only: what lies in `ready` while another worker sleeps in the event set, nobody would look for.
            guard events.wait(&tokens, atMost: 1, milliseconds: 0) > 0 else {
                self.park()
                return nil
            }
            self.rounds.add(1, ordering: .relaxed)
            return tokens[0]
        }
        // Whoever waited before this worker may have left events since.
        if self.ready.withLock({ $0.isEmpty }) {
            let count = events.wait(&tokens)
            // From the last on: the first event is served first.
            self.ready.withLock { $0.append(contentsOf: tokens[..<count].reversed()) }
        }
        self.isWaiting.store(false, ordering: .sequentiallyConsistent)
        if self.isLookoutAsleep.load(ordering: .sequentiallyConsistent) { self.wakeLookout() }
        self.rounds.add(1, ordering: .relaxed)
        return self.ready.withLock { $0.popLast() }
    }

    /// Whether the stop signal is the only event left; others are made ready.
    func isDrained(_ events: EventSet, _ tokens: inout [UInt64]) -> Bool {
        guard self.ready.withLock({ $0.isEmpty }) else { return false }
        let count = events.wait(&tokens, milliseconds: 0)
        let others = tokens[..<count].filter { $0 != Engine.stopToken }
        self.ready.withLock { $0.append(contentsOf: others) }
        return others.isEmpty
    }

    /// Lets all parked workers go to the event set, where they find the stop signal.
    func stop() {
        self.isStopped.store(true, ordering: .sequentiallyConsistent)
        self.parkedSignal.raise()
        self.lookoutSignal.raise()
    }

    private func wakeLookout() {
        if self.isLookoutAsleep.exchange(false, ordering: .sequentiallyConsistent) { self.lookoutSignal.raise() }
    }

    /// Leaves only as a lookout that is needed: so as long as anybody is parked, there is a lookout, or one that is
    /// about to become it.
    private func park() {
        while self.hasLookout.exchange(true, ordering: .sequentiallyConsistent) {
            if self.isStopped.load(ordering: .sequentiallyConsistent) {
                // Another one may have cleared the signal just before it saw the stop.
                self.parkedSignal.raise()
                return
            }
            _ = self.parkedSignal.wait(until: .max)
            // Before the next try: a signal that this takes away has a free post of lookout behind it.
            if !self.isStopped.load(ordering: .sequentiallyConsistent) { self.parkedSignal.clear() }
        }
        self.lookOut()
        self.hasLookout.store(false, ordering: .sequentiallyConsistent)
        // It works now: another one looks out.
        self.parkedSignal.raise()
    }

    /// Returns when this worker is needed.
    private func lookOut() {
        var seen = self.rounds.load(ordering: .relaxed)
        var busy = 0
        var quiet = 0
        while !self.isStopped.load(ordering: .sequentiallyConsistent) {
            if quiet < Self.quietLooks {
                _ = self.lookoutSignal.wait(until: monotonicNow() &+ Self.tick)
            } else {
                self.isLookoutAsleep.store(true, ordering: .sequentiallyConsistent)
                // Whoever stopped waiting before that has not seen it.
                if self.isWaiting.load(ordering: .sequentiallyConsistent) {
                    _ = self.lookoutSignal.wait(until: .max)
                }
                self.isLookoutAsleep.store(false, ordering: .sequentiallyConsistent)
                self.lookoutSignal.clear()
                quiet = 0
                continue
            }
            let now = self.rounds.load(ordering: .relaxed)
            let isSteady = now == seen
            seen = now
            if self.isWaiting.load(ordering: .sequentiallyConsistent) {
                busy = 0
                quiet = isSteady ? quiet + 1 : 0
            } else {
                busy += 1
                quiet = 0
                if isSteady || busy >= Self.busyLooks { return }
            }
        }
    }
}
