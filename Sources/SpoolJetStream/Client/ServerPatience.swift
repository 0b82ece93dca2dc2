/// Notices a server that takes messages and has none of them acknowledged, as one that is cut off from the others does:
/// clients still reach it, so its connection stays, and another server would do.
///
/// A plain value; whoever holds it guards it.
struct ServerPatience: Sendable {
    /// How long after the first message without an acknowledgement. That one was waited for already, and an election is mostly
    /// over by then; where it is not, or where no server can do better, changing it harms nothing.
    static let duration: Duration = .seconds(6)

    private var failingSince: ContinuousClock.Instant?

    /// A stream's leader was reached.
    mutating func answered() {
        self.failingSince = nil
    }

    /// A message was not acknowledged in time, or no leader was found for it.
    mutating func failed(at time: ContinuousClock.Instant) {
        if self.failingSince == nil { self.failingSince = time }
    }

    /// Whether another server should be taken; says so once.
    mutating func isOver(at time: ContinuousClock.Instant) -> Bool {
        guard let failingSince = self.failingSince, time - failingSince >= Self.duration else { return false }
        self.failingSince = nil
        return true
    }
}
