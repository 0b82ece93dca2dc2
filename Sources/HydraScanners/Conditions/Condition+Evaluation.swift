import Foundation
package import HydraDataPoints

/// Whether a condition holds.
///
/// A value; any thread.
package enum Verdict: Sendable, Equatable {
    case held
    case notHeld
    /// What the condition looks at is not known.
    case unknown
}

extension Condition {
    /// - Parameter value: what the subject is; nil if it is not known.
    package func verdict(_ value: DataValue?) -> Verdict {
        self.verdict(value.map { Fact($0) })
    }

    func verdict(_ fact: Fact?) -> Verdict {
        switch self.comparison {
        case .exists: return fact == nil ? .notHeld : .held
        case .isMissing: return fact == nil ? .held : .notHeld
        default: break
        }
        guard let fact else { return .unknown }
        return self.holds(fact.comparand) ? .held : .notHeld
    }

    private func holds(_ value: Comparand) -> Bool {
        switch self.comparison {
        case .is, .isOneOf: self.comparands.contains { value.equals($0) }
        case .isNot, .isNoneOf: !self.comparands.contains { value.equals($0) }
        case .contains: self.search.map { search in value.texts.contains { search.isIn($0) } } ?? false
        case .startsWith: self.comparands.first.map { value.starts(with: $0) } ?? false
        case .atLeast: self.compare(value) { $0 >= $1[0] }
        case .atMost: self.compare(value) { $0 <= $1[0] }
        case .between: self.compare(value) { $0 >= $1[0] && $0 <= $1[1] }
        case .exists, .isMissing: false
        }
    }

    private func compare(_ value: Comparand, _ holds: (Double, [Double]) -> Bool) -> Bool {
        let bounds = self.comparands.compactMap(\.number)
        guard let number = value.number, !bounds.isEmpty, bounds.count == self.comparands.count else { return false }
        return holds(number, bounds)
    }
}

extension DataValue {
    var number: Double? {
        switch self {
        case .number(let number): number
        case .text(let text): Double(text.trimmingCharacters(in: .whitespaces)).flatMap { $0.isFinite ? $0 : nil }
        case .bool, .list: nil
        }
    }
}
