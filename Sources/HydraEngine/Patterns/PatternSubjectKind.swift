import HydraPatterns

/// Whose label it is, as it stands in the tables: never renumbered.
enum PatternSubjectKind: Int64, Sendable {
    case person = 1
    case company = 2
    case account = 3
}

extension PatternSubject {
    /// The kind and the row; the account's row is its own.
    func stored(account: Int64) -> (kind: PatternSubjectKind, row: Int64) {
        switch self {
        case .person(let row): (.person, row)
        case .company(let row): (.company, row)
        case .account: (.account, account)
        }
    }
}
