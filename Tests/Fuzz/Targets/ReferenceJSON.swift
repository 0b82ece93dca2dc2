/// A second reader of JSON, as plain as RFC 8259 is short: one byte after the other, nothing shared with the product.
///
/// It makes a flat list of what stands in a text, in the order of the text, so that nesting costs no stack. A value.
struct ReferenceJSON {
    enum Item: Equatable {
        case beginObject
        case endObject
        case beginArray
        case endArray
        /// A member's name, decoded.
        case name([UInt8])
        /// A string, decoded.
        case string([UInt8])
        /// A number as it is spelt.
        case number([UInt8])
        case word(String)
    }

    /// What stands in the text.
    private(set) var items: [Item] = []
    /// Where each of ``items`` stands.
    private(set) var ranges: [Range<Int>] = []
    /// Whether something was repaired on the way.
    private(set) var wasRepaired = false

    private let text: [UInt8]
    private let isTolerant: Bool
    private var position = 0

    /// Reads a text; nil if it is not JSON.
    ///
    /// - Parameter isTolerant: takes a byte order mark, `NaN`, `Infinity` and `-Infinity` (as null) and escaped
    ///   surrogates without a partner (as U+FFFD) too.
    init?(_ text: [UInt8], isTolerant: Bool = false) {
        self.text = text
        self.isTolerant = isTolerant
        guard String(validating: text, as: UTF8.self) != nil else { return nil }
        if isTolerant, text.starts(with: [0xef, 0xbb, 0xbf]) {
            self.position = 3
            self.wasRepaired = true
        }
        guard self.read() else { return nil }
    }

    private mutating func read() -> Bool {
        /// Whether each open container is an object, the innermost last.
        var open: [Bool] = []
        while true {
            self.skipBlanks()
            var isComplete = true
            switch self.peek {
            case UInt8(ascii: "{"):
                self.add(.beginObject, self.position..<self.position + 1)
                self.skipBlanks()
                if self.peek == UInt8(ascii: "}") {
                    self.add(.endObject, self.position..<self.position + 1)
                } else {
                    open.append(true)
                    guard self.name() else { return false }
                    isComplete = false
                }
            case UInt8(ascii: "["):
                self.add(.beginArray, self.position..<self.position + 1)
                self.skipBlanks()
                if self.peek == UInt8(ascii: "]") {
                    self.add(.endArray, self.position..<self.position + 1)
                } else {
                    open.append(false)
                    isComplete = false
                }
            case UInt8(ascii: "\""):
                let start = self.position
                guard let decoded = self.string() else { return false }
                self.add(.string(decoded), start..<self.position)
            default:
                guard self.word() || self.number() else { return false }
            }
            while isComplete {
                self.skipBlanks()
                guard let isObject = open.last else { return self.position == self.text.count }
                if self.peek == UInt8(ascii: ",") {
                    self.position += 1
                    if isObject {
                        self.skipBlanks()
                        guard self.name() else { return false }
                    }
                    isComplete = false
                } else if self.peek == UInt8(ascii: isObject ? "}" : "]") {
                    self.add(isObject ? .endObject : .endArray, self.position..<self.position + 1)
                    open.removeLast()
                } else {
                    return false
                }
            }
        }
    }

    private var peek: UInt8? {
        self.position < self.text.count ? self.text[self.position] : nil
    }

    private mutating func add(_ item: Item, _ range: Range<Int>) {
        self.items.append(item)
        self.ranges.append(range)
        self.position = range.upperBound
    }

    private mutating func skipBlanks() {
        while let byte = self.peek, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { self.position += 1 }
    }

    /// A member's name and its colon.
    private mutating func name() -> Bool {
        let start = self.position
        guard let decoded = self.string() else { return false }
        self.add(.name(decoded), start..<self.position)
        self.skipBlanks()
        guard self.peek == UInt8(ascii: ":") else { return false }
        self.position += 1
        return true
    }

    private mutating func word() -> Bool {
        for word in ["true", "false", "null"] where self.text[self.position...].starts(with: word.utf8) {
            self.add(.word(word), self.position..<self.position + word.utf8.count)
            return true
        }
        guard self.isTolerant else { return false }
        for word in ["NaN", "Infinity", "-Infinity"] where self.text[self.position...].starts(with: word.utf8) {
            self.add(.word("null"), self.position..<self.position + word.utf8.count)
            self.wasRepaired = true
            return true
        }
        return false
    }

    private mutating func number() -> Bool {
        let start = self.position
        if self.peek == UInt8(ascii: "-") { self.position += 1 }
        if self.peek == UInt8(ascii: "0") {
            self.position += 1
        } else {
            guard self.digits() else { return false }
        }
        if self.peek == UInt8(ascii: ".") {
            self.position += 1
            guard self.digits() else { return false }
        }
        if self.peek == UInt8(ascii: "e") || self.peek == UInt8(ascii: "E") {
            self.position += 1
            if self.peek == UInt8(ascii: "+") || self.peek == UInt8(ascii: "-") { self.position += 1 }
            guard self.digits() else { return false }
        }
        self.add(.number(Array(self.text[start..<self.position])), start..<self.position)
        return true
    }

    private mutating func digits() -> Bool {
        let start = self.position
        while let byte = self.peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { self.position += 1 }
        return self.position > start
    }

    /// A string from its first to behind its last quote, decoded.
    private mutating func string() -> [UInt8]? {
        guard self.peek == UInt8(ascii: "\"") else { return nil }
        self.position += 1
        var decoded: [UInt8] = []
        while let byte = self.peek {
            self.position += 1
            switch byte {
            case UInt8(ascii: "\""): return decoded
            case 0..<0x20: return nil
            case UInt8(ascii: "\\"):
                guard let scalar = self.escape() else { return nil }
                decoded += Array(String(Character(scalar)).utf8)
            default: decoded.append(byte)
            }
        }
        return nil
    }

    /// What stands behind a backslash.
    private mutating func escape() -> Unicode.Scalar? {
        guard let byte = self.peek else { return nil }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: return nil
        }
        guard let unit = self.fourDigits() else { return nil }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        if UTF16.isLeadSurrogate(unit), self.text[self.position...].starts(with: "\\u".utf8) {
            let behind = self.position
            self.position += 2
            guard let low = self.fourDigits() else { return nil }
            if UTF16.isTrailSurrogate(low) {
                return Unicode.Scalar(0x1_0000 + (UInt32(unit) - 0xd800) << 10 + UInt32(low) - 0xdc00)
            }
            self.position = behind
        }
        guard self.isTolerant else { return nil }
        self.wasRepaired = true
        return "\u{fffd}"
    }

    private mutating func fourDigits() -> UInt16? {
        let digits = self.text[self.position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }) else {
            return nil
        }
        self.position += 4
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
