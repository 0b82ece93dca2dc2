/// Which ids stand for nobody: they must never join what belongs to different people.
///
/// A script that sends the text `null` for every visitor would make one person of all of them. The rule goes by kinds, not
/// by instances: words for nothing in any case and between any brackets or quotes, alone or repeated; zeros, dashes and
/// other marks in any length; the field's own name; what a template left in its place. Letters and digits of a real id
/// are all it takes to pass, so what is refused says nothing about anybody. A value; any thread.
struct NobodyRule: Equatable, Sendable {
    /// Further values that stand for nobody in this account.
    private let blocked: Set<String>
    /// Values that do not, whatever the rule says.
    private let allowed: Set<String>

    init(blocked: [String] = [], allowed: [String] = []) {
        self.blocked = Set(blocked.map { Self.folded($0) })
        self.allowed = Set(allowed.map { Self.folded($0) })
    }

    /// Whether an id stands for nobody.
    func holds(_ id: String) -> Bool {
        if self.blocked.isEmpty, Self.isOrdinary(id) { return false }
        let folded = Self.folded(id)
        if self.allowed.contains(folded) { return false }
        return self.blocked.contains(folded) || Self.isNobody(folded)
    }

    // MARK: Ordinary ids

    /// Nearly every id: letters, digits (two of them not zero) and separators, and not one of the known numbers. One
    /// pass over the bytes, nothing allocated.
    private static func isOrdinary(_ id: String) -> Bool {
        var id = id
        return id.withUTF8 { bytes in
            var digits = 0
            var letters = 0
            var hasOwnLetter = false
            for index in 0..<bytes.count {
                let byte = unsafe bytes[index]
                switch byte {
                case UInt8(ascii: "1")...UInt8(ascii: "9"): digits += 1
                case UInt8(ascii: "0"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "@"), UInt8(ascii: "_"),
                    UInt8(ascii: ":"), UInt8(ascii: "|"), UInt8(ascii: "/"), UInt8(ascii: "+"):
                    break
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                    letters += 1
                    // `f` and `x` alone make the greatest UUID and a template's.
                    if byte | 0x20 != UInt8(ascii: "f"), byte | 0x20 != UInt8(ascii: "x") { hasOwnLetter = true }
                default: return false
                }
            }
            // `-1` and `-1.0` have one such digit; the known numbers that have more have 15 or 16 bytes.
            return digits >= 2 && (hasOwnLetter || letters == 0) && bytes.count != 15 && bytes.count != 16
        }
    }

    // MARK: The rule

    /// Without white space, invisible characters and wrapping around it; lower-cased.
    private static func folded(_ id: String) -> String {
        var scalars = id.lowercased().unicodeScalars.filter { !Self.isInvisible($0) }[...]
        while let first = scalars.first, let last = scalars.last {
            if Self.isSpace(first) {
                scalars.removeFirst()
            } else if Self.isSpace(last) {
                scalars.removeLast()
            } else {
                break
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func isNobody(_ folded: String) -> Bool {
        if folded.isEmpty || NobodyWords.all.contains(folded) { return true }
        if TemplateText.isLeftOver(folded) { return true }
        let scalars = folded.unicodeScalars
        if scalars.allSatisfy({ Self.isMarkOrZero($0) }) { return true }
        if Self.isFiller(scalars) { return true }
        // `(null)`, `<null>`, `"none"`, `n.a.`, `user-id`, `not set`, `[object Object]`.
        let parts = scalars.split { Self.isMarkOrZero($0) && !Self.isLetterOrDigit($0) }.map { String($0) }
        if NobodyWords.all.contains(parts.joined()) { return true }
        // `null-null`, `undefined_undefined`, `nan,nan`. Not `user-0`, which somebody may be.
        if !parts.isEmpty, parts.allSatisfy({ NobodyWords.nothing.contains($0) }) { return true }
        if Self.isMinusOne(folded, parts) { return true }
        return folded.hasPrefix("[object ") && folded.hasSuffix("]")
    }

    /// `-1.0`, `−1`, `-01`.
    private static func isMinusOne(_ folded: String, _ parts: [String]) -> Bool {
        guard let sign = folded.unicodeScalars.first, sign == "-" || sign == "−" else { return false }
        return parts.first.flatMap { Int($0) } == 1 && parts.dropFirst().allSatisfy { $0.allSatisfy { $0 == "0" } }
    }

    /// `0x000`, `ffffffff-ffff-…`, `xxxxxxxx-xxxx-…`: one letter that stands for a place, repeated.
    private static func isFiller(_ scalars: String.UnicodeScalarView) -> Bool {
        var text = scalars[...]
        if text.starts(with: "urn:uuid:".unicodeScalars) { text = text.dropFirst(9) }
        if text.starts(with: "0x".unicodeScalars) {
            return text.dropFirst(2).allSatisfy { Self.isMarkOrZero($0) }
        }
        let signs = text.filter { Self.isLetterOrDigit($0) }
        // Pictures are somebody's.
        guard let first = signs.first else { return false }
        if signs.allSatisfy({ Self.isMarkOrZero($0) }) { return true }
        guard signs.allSatisfy({ $0 == first }) else { return false }
        return (first == "x" && signs.count >= 3) || (first == "f" && signs.count >= 12)
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return properties.isAlphabetic || properties.numericType != nil
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
    }

    /// Characters that nobody sees, and blanks that are not called so.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .format: true
        default: [0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0xFE0E, 0xFE0F].contains(scalar.value)
        }
    }

    /// A zero of any script, a dash, or another mark that is no letter, no other digit and no picture.
    private static func isMarkOrZero(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.numericType == .decimal { return scalar.properties.numericValue == 0 }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation, .mathSymbol, .modifierSymbol, .currencySymbol, .spaceSeparator,
            .lineSeparator, .paragraphSeparator, .control, .unassigned, .privateUse:
            return true
        default: return scalar.value == 0xFFFD
        }
    }
}
