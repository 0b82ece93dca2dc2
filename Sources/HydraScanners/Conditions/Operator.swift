/// How a condition compares. The raw values stand in definitions and never change.
package enum Operator: String, CaseIterable, Sendable {
    case `is`
    case isNot
    case isOneOf
    case isNoneOf
    case contains
    case startsWith
    case exists
    case isMissing
    case atLeast
    case atMost
    case between

    /// What stands in `value`.
    package enum Operand {
        case none
        case one
        case text
        case list
        case number
        case range
    }

    package var operand: Operand {
        switch self {
        case .exists, .isMissing: .none
        case .is, .isNot: .one
        case .contains, .startsWith: .text
        case .isOneOf, .isNoneOf: .list
        case .atLeast, .atMost: .number
        case .between: .range
        }
    }

    /// For a person to read, between subject and value.
    package var words: String {
        switch self {
        case .is: "is"
        case .isNot: "is not"
        case .isOneOf: "is one of"
        case .isNoneOf: "is none of"
        case .contains: "contains"
        case .startsWith: "starts with"
        case .exists: "is known"
        case .isMissing: "is not known"
        case .atLeast: "is at least"
        case .atMost: "is at most"
        case .between: "is between"
        }
    }
}
