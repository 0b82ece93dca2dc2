/// A cursor over a stretch of bytes.
struct ByteScanner {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position >= bytes.endIndex }

    /// The byte at the cursor; nil at the end.
    var peek: UInt8? { isAtEnd ? nil : bytes[position] }

    /// What lies ahead.
    var rest: ArraySlice<UInt8> { bytes[position...] }

    /// How many digits lie ahead without a gap.
    func countDigits() -> Int {
        var end = position
        while end < bytes.endIndex, bytes[end].digitValue != nil { end += 1 }
        return end - position
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    /// Passes over a word in upper case, however it is written; stays where it is when another stands there.
    mutating func skip(_ word: String) -> Bool {
        let ahead = rest.prefix(word.utf8.count)
        guard ahead.elementsEqual(word.utf8, by: { $0.lowercased == $1.lowercased }) else { return false }
        position += ahead.count
        return true
    }

    mutating func skipBlanks() {
        while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
    }

    /// A number of at least and at most so many digits; further digits stay ahead.
    mutating func number(digits: ClosedRange<Int>) -> Int? {
        var value = 0
        var count = 0
        while count < digits.upperBound, let digit = peek?.digitValue {
            value = value &* 10 &+ digit
            position += 1
            count += 1
        }
        return count >= digits.lowerBound ? value : nil
    }

    /// Any number of fraction digits, none included, cut to thousandths.
    mutating func fraction() -> Int64 {
        var thousandths: Int64 = 0
        var scale: Int64 = 100
        while let digit = peek?.digitValue {
            thousandths += Int64(digit) * scale
            scale /= 10
            position += 1
        }
        return thousandths
    }
}
