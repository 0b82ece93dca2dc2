/// A number's spelling taken apart: sign, digits without leading and trailing zeros, power of ten. A value: any thread.
struct DecimalText {
    /// More digits than any 64-bit integer has.
    private static let maximumDigits = 19

    private var isNegative = false
    private var digits: UInt64 = 0
    private var exponent = 0
    /// Whether `digits` holds the number exactly.
    private var isExact = true

    /// Reads a checked number.
    init(_ text: Span<UInt8>, _ range: Range<Int>) {
        var position = range.lowerBound
        var pendingZeros = 0
        var used = 0
        var isFraction = false
        if position < range.upperBound, text[position] == ASCII.minus {
            isNegative = true
            position += 1
        }
        while position < range.upperBound {
            let byte = text[position]
            if byte == ASCII.point {
                isFraction = true
            } else if ASCII.isDigit(byte) {
                if isFraction {
                    exponent -= 1
                }
                if byte == ASCII.zero {
                    pendingZeros += 1
                } else {
                    // Zeros count only once a further digit follows; in front of the first one they do not count at all.
                    let taken = used == 0 ? 1 : pendingZeros + 1
                    used += taken
                    if used > Self.maximumDigits {
                        isExact = false
                        return
                    }
                    for _ in 0..<taken {
                        digits *= 10
                    }
                    digits += UInt64(byte - ASCII.zero)
                    pendingZeros = 0
                }
            } else {
                break
            }
            position += 1
        }
        exponent += pendingZeros
        readExponent(text, from: position + 1, to: range.upperBound)
    }

    /// Adds the digits behind `e`, if there are any.
    private mutating func readExponent(_ text: Span<UInt8>, from start: Int, to end: Int) {
        var position = start
        var isBelowOne = false
        if position < end, text[position] == ASCII.plus || text[position] == ASCII.minus {
            isBelowOne = text[position] == ASCII.minus
            position += 1
        }
        var written = 0
        while position < end {
            // A text has less than 2³² digits, so beyond this bound no mantissa can make the number whole and small again.
            written = min(written * 10 + Int(text[position] - ASCII.zero), 1 << 40)
            position += 1
        }
        exponent += isBelowOne ? -written : written
    }

    /// The nearest `Double` where one rounding is enough: digits and power of ten are both exact as `Double`, so that a single
    /// product or quotient rounds correctly (Clinger's fast path). Covers nearly all numbers that people write; nil for the rest.
    var simpleDouble: Double? {
        guard isExact, digits < 1 << 53 else { return nil }
        let sign: Double = isNegative ? -1 : 1
        guard digits != 0 else { return sign * 0 }
        guard (-22...22).contains(exponent) else { return nil }
        var power = 1.0
        for _ in 0..<abs(exponent) {
            power *= 10
        }
        return sign * (exponent < 0 ? Double(digits) / power : Double(digits) * power)
    }

    /// The number, if it is whole and fits.
    var int64: Int64? {
        guard isExact else { return nil }
        guard digits != 0 else { return 0 }
        guard (0..<Self.maximumDigits).contains(exponent) else { return nil }
        var magnitude = digits
        for _ in 0..<exponent {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            magnitude = product
        }
        if isNegative {
            return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int64(exactly: magnitude)
    }
}
