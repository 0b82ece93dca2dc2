import HydraLimits
package import JSON

/// An instant in whole milliseconds.
///
/// A plain value; any thread. Only instants of the years 1 to 9999 are times to Hydra; arithmetic
/// saturates and printing clamps to them, so that nothing a client sends can trap.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00 UTC; negative before.
    package let milliseconds: Int64

    /// An instant by its distance from 1970 in milliseconds.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// 0001-01-01T00:00:00.000Z.
    package static let earliest = Timestamp(milliseconds: CallLimits.earliestTime)

    /// 9999-12-31T23:59:59.999Z.
    package static let latest = Timestamp(milliseconds: CallLimits.latestTime)

    /// Whether the contract with Hydra has this time.
    package var isPrintable: Bool {
        self >= Self.earliest && self <= Self.latest
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// Reads a JSON value: a number of seconds or milliseconds since 1970, or a string as ``parse(_:)-bytes`` reads it.
    ///
    /// - Returns: nil for every other kind, for text that is no time, and for years outside 1 to 9999.
    package static func parse(_ value: JSONValue) -> Timestamp? {
        switch value.kind {
        case .number: return TimestampParser.epoch(value.raw)
        case .string:
            let text = value.raw.dropFirst().dropLast()
            if let timestamp = TimestampParser.parse(text) { return timestamp }
            // Times need no escapes, but an encoder may write "+" or "/" as one.
            guard text.contains(UInt8(ascii: "\\")), let decoded = value.string else { return nil }
            return parse(Array(decoded.utf8))
        case .object, .array, .true, .false, .null: return nil
        }
    }

    /// Reads the text of a time; see ``TimestampParser`` for what is understood.
    package static func parse(_ bytes: [UInt8]) -> Timestamp? {
        TimestampParser.parse(bytes[...])
    }

    /// UTC with milliseconds: `2026-01-02T03:04:05.678Z`.
    package var iso8601: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends ``iso8601`` without making a string.
    package func append(to bytes: inout [UInt8]) {
        unsafe withQuotedText { unsafe bytes.append(contentsOf: $0.dropFirst().dropLast()) }
    }

    /// Appends ``iso8601`` as a JSON string.
    package func append(to writer: inout JSONWriter) {
        unsafe withQuotedText { unsafe writer.raw($0) }
    }

    /// Prints the JSON string on the stack and lends it.
    private func withQuotedText(_ body: (UnsafeRawBufferPointer) -> Void) {
        let clamped = min(max(self, Self.earliest), Self.latest).milliseconds
        var days = clamped / CivilDate.millisecondsPerDay
        var time = clamped % CivilDate.millisecondsPerDay
        if time < 0 {
            days -= 1
            time += CivilDate.millisecondsPerDay
        }
        let date = CivilDate(daysSince1970: days)
        var text = FixedText(repeating: UInt8(ascii: "\""))
        text.put(date.year, width: 4, then: "-")
        text.put(Int64(date.month), width: 2, then: "-")
        text.put(Int64(date.day), width: 2, then: "T")
        text.put(time / 3_600_000, width: 2, then: ":")
        text.put(time / 60_000 % 60, width: 2, then: ":")
        text.put(time / 1_000 % 60, width: 2, then: ".")
        text.put(time % 1_000, width: 3, then: "Z")
        unsafe text.bytes.span.withUnsafeBytes { unsafe body($0) }
    }
}

/// Prints numbers of fixed width one after the other, between two bytes that stay.
private struct FixedText {
    private(set) var bytes: [26 of UInt8]
    private var position = 1

    init(repeating byte: UInt8) {
        bytes = .init(repeating: byte)
    }

    mutating func put(_ number: Int64, width: Int, then separator: Unicode.Scalar) {
        var number = number
        for index in stride(from: position + width - 1, through: position, by: -1) {
            bytes[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number % 10)
            number /= 10
        }
        position += width
        bytes[position] = UInt8(ascii: separator)
        position += 1
    }
}
