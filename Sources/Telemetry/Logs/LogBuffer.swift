/// The state of a sink without its thread and its file: lines that wait, what was dropped, what was asked for.
///
/// Pure state behind the sink's mutex; every change says what is to be done next, and the caller does it after
/// unlocking.
struct LogBuffer {
    /// Bytes that may wait, those being written included.
    let capacity: Int
    /// Whole lines in the order of their arrival.
    private var pending: [UInt8] = []
    /// Bytes that the writer has taken and not yet written.
    private var inFlight = 0
    /// Lines accepted so far, and how many of them are written or given up: what a flush waits for.
    private(set) var accepted: UInt64 = 0
    private(set) var settled: UInt64 = 0
    /// Lines dropped since the start, and since the last line that said so.
    private(set) var dropped: UInt64 = 0
    private var unreported: UInt64 = 0
    /// The writer sleeps until it is woken.
    private var isParked = false
    private var wantsReopen = false
    private(set) var isClosing = false
    /// Those who wait until `settled` reaches their count.
    private var waiters: [(target: UInt64, event: WakeUp)] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Stores a line, or counts it as dropped.
    ///
    /// - Returns: whether the writer sleeps and must be woken.
    mutating func append(_ line: [UInt8]) -> Bool {
        guard !self.isClosing, line.count <= self.capacity - self.pending.count - self.inFlight else {
            self.dropped &+= 1
            self.unreported &+= 1
            return false
        }
        self.pending.append(contentsOf: line)
        self.accepted &+= 1
        return self.unpark()
    }

    /// What the writer does next.
    enum Step {
        /// Write the lines in the buffer that was handed in, then call `settle`.
        case write(lines: UInt64, dropped: UInt64)
        case reopen
        /// Nothing is left to do: sleep until woken.
        case park
        /// Everything is written and the sink is closing.
        case finish
    }

    /// Decides the writer's next step; `batch`, which must be empty, is exchanged with the waiting lines.
    mutating func next(exchanging batch: inout [UInt8]) -> Step {
        if self.wantsReopen {
            self.wantsReopen = false
            return .reopen
        }
        if !self.pending.isEmpty || self.unreported > 0 {
            swap(&batch, &self.pending)
            self.inFlight = batch.count
            let dropped = self.unreported
            self.unreported = 0
            return .write(lines: self.accepted &- self.settled, dropped: dropped)
        }
        if self.isClosing { return .finish }
        self.isParked = true
        return .park
    }

    /// The writer is done with a batch: its room is free again.
    ///
    /// - Parameters:
    ///   - lines: how many lines the batch had.
    ///   - lost: how many of them could not be written and are given up.
    /// - Returns: those whose lines are all settled.
    mutating func settle(lines: UInt64, lost: UInt64) -> [WakeUp] {
        self.inFlight = 0
        self.settled &+= lines
        self.dropped &+= lost
        return self.takeWaiters()
    }

    /// Asks the writer to open its file again; it must be woken, also from the pause after a failed write.
    mutating func requestReopen() {
        self.wantsReopen = true
        self.isParked = false
    }

    /// Takes a request to reopen back, for a writer that is in the midst of a batch.
    mutating func takeReopen() -> Bool {
        defer { self.wantsReopen = false }
        return self.wantsReopen
    }

    /// Registers a waiter for everything that was accepted so far; nil when nothing is open.
    mutating func awaitSettled() -> WakeUp? {
        guard self.settled < self.accepted else { return nil }
        let event = WakeUp()
        self.waiters.append((self.accepted, event))
        return event
    }

    /// No line is accepted from now on. Returns false when it was closing already.
    mutating func beginClosing() -> Bool {
        if self.isClosing { return false }
        self.isClosing = true
        self.isParked = false
        return true
    }

    private mutating func unpark() -> Bool {
        defer { self.isParked = false }
        return self.isParked
    }

    private mutating func takeWaiters() -> [WakeUp] {
        if self.waiters.isEmpty { return [] }
        let ready = self.waiters.filter { $0.target <= self.settled }.map(\.event)
        self.waiters.removeAll { $0.target <= self.settled }
        return ready
    }
}
