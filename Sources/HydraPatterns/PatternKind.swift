/// What a label says. The raw values stand in the interface.
package enum PatternKind: String, CaseIterable, Sendable {
    /// Uses a feature far more than its other users.
    case powerUser = "power_user"
    /// Gets negative results with a feature more often than everyone else.
    case struggling
    /// Silent for far longer than the own rhythm.
    case goneQuiet = "gone_quiet"
    /// Uses more, or less, than in the period before.
    case rising
    case falling
    /// Starts with B soon after A, more often than those who did not just start with A.
    case adoptsAfter = "adopts_after"
    /// A feature that more, or fewer, of a company's persons use than elsewhere.
    case spread
    case concentrated
}
