import Foundation
import HydraDataPoints

/// One side of a comparison, made ready: folding a text costs far more than comparing it.
///
/// A value; any thread. Of an operand it is made when the definition is read, of a known value once for each record.
struct Comparand: Sendable, Equatable {
    /// The text without case and diacritics, as UTF-8; of a list each element's.
    let texts: [[UInt8]]
    let number: Double?
    private let isList: Bool

    init(_ value: DataValue) {
        if case .list(let elements) = value {
            self.texts = elements.map { Self.folded($0) }
            self.isList = true
        } else {
            self.texts = [Self.folded(value.text)]
            self.isList = false
        }
        self.number = value.number
    }

    /// The first text; an operand has exactly one.
    var text: [UInt8] { self.texts.first ?? [] }

    func equals(_ operand: Comparand) -> Bool {
        if self.isList { return self.texts.contains(operand.text) }
        if let left = self.number, let right = operand.number { return left == right }
        return self.text == operand.text
    }

    func starts(with operand: Comparand) -> Bool {
        self.texts.contains { $0.starts(with: operand.text) }
    }

    /// Texts of ASCII, which most are, need no table.
    private static func folded(_ text: String) -> [UInt8] {
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            return text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        }
        let folded = text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
        // Two spellings of one letter are one here, as they are for `==` of two strings.
        return Array(folded.precomposedStringWithCanonicalMapping.utf8)
    }
}
