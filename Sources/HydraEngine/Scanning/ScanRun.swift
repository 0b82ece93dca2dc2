import GRDB

/// One walk of a scanner over all records, or of a usage scanner over all past events.
///
/// A value; any thread.
struct ScanRun: Sendable {
    enum Reason: String, Sendable {
        case created
        case edited
        case switchedOn = "switched_on"
        case takeInPast = "take_in_past"
        case requested
        /// The scanner was deleted; what it had found is cleared away. Shown to nobody.
        case deleted
    }

    enum State: String, Sendable {
        case running
        case finished
        /// Another run took its place, or the scanner was switched off.
        case stopped
    }

    let id: Int64
    let scanner: Int64
    let version: Int64
    let reason: Reason
    let state: State
    /// The last row that was looked at, and the last that there was when the run began.
    let position: Int64
    let until: Int64
    let done: Int64
    let total: Int64
    let changed: Int64
    let startedAt: Instant
    let finishedAt: Instant?
    /// Where a taking in of the past counts.
    let usageSet: Int64?

    static let columns = """
        id, scanner, version, reason, state, position, until, done, total, changed, startedAt, finishedAt, usageSet
        """

    /// - Parameter row: of ``columns``.
    init(row: Row) {
        self.id = row[0]
        self.scanner = row[1]
        self.version = row[2]
        self.reason = Reason(rawValue: row[3]) ?? .requested
        self.state = State(rawValue: row[4]) ?? .stopped
        self.position = row[5]
        self.until = row[6]
        self.done = row[7]
        self.total = row[8]
        self.changed = row[9]
        self.startedAt = Instant(milliseconds: row[10])
        self.finishedAt = (row[11] as Int64?).map { Instant(milliseconds: $0) }
        self.usageSet = row[12]
    }
}
