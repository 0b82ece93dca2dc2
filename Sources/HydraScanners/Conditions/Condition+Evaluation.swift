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
        switch self.comparison {
        case .exists: return value == nil ? .notHeld : .held
        case .isMissing: return value == nil ? .held : .notHeld
        default: break
        }
        guard let value else { return .unknown }
        return self.holds(value) ? .held : .notHeld
    }

    private func holds(_ value: DataValue) -> Bool {
        switch self.comparison {
        case .is, .isOneOf: self.operands.contains { value.equals($0) }
        case .isNot, .isNoneOf: !self.operands.contains { value.equals($0) }
        case .contains:
            self.operands.first.map { operand in value.texts.contains { $0.contains(operand.folded) } } ?? false
        case .startsWith:
            self.operands.first.map { operand in value.texts.contains { $0.hasPrefix(operand.folded) } } ?? false
        case .atLeast: self.compare(value) { $0 >= $1[0] }
        case .atMost: self.compare(value) { $0 <= $1[0] }
        case .between: self.compare(value) { $0 >= $1[0] && $0 <= $1[1] }
        case .exists, .isMissing: false
        }
    }

    private func compare(_ value: DataValue, _ holds: (Double, [Double]) -> Bool) -> Bool {
        let bounds = self.operands.compactMap(\.number)
        guard let number = value.number, !bounds.isEmpty, bounds.count == self.operands.count else { return false }
        return holds(number, bounds)
    }
}

extension DataValue {
    /// Without case and diacritics.
    var folded: String { Self.folded(self.text) }

    private static func folded(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
    }

    /// The folded text, of a list each element's.
    var texts: [String] {
        if case .list(let elements) = self { elements.map { Self.folded($0) } } else { [self.folded] }
    }

    var number: Double? {
        switch self {
        case .number(let number): number
        case .text(let text): Double(text.trimmingCharacters(in: .whitespaces)).flatMap { $0.isFinite ? $0 : nil }
        case .bool, .list: nil
        }
    }

    fileprivate func equals(_ operand: DataValue) -> Bool {
        if case .list = self { return self.texts.contains(operand.folded) }
        if let left = self.number, let right = operand.number { return left == right }
        return self.folded == operand.folded
    }
}
