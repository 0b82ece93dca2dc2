/// Whose use is asked for.
///
/// A value; any thread.
enum UsageSubject: Sendable {
    /// The row of a person: all of its identities.
    case person(Int64)
    /// The row of a company: its persons, each for the days it belonged to it.
    case company(Int64)

    /// A source of rows `(identity, firstDay, lastDay)` to join `usage` with, over the parameter `?1`.
    var identities: String {
        switch self {
        case .person:
            """
            (SELECT id AS identity, -9223372036854775808 AS firstDay, 9223372036854775807 AS lastDay FROM identities
                WHERE person = ?1)
            """
        case .company:
            """
            (SELECT identities.id AS identity, fromDay AS firstDay, untilDay AS lastDay FROM companySpans
                JOIN identities ON identities.person = companySpans.person WHERE companySpans.company = ?1)
            """
        }
    }

    var row: Int64 {
        switch self {
        case .person(let row), .company(let row): row
        }
    }
}
