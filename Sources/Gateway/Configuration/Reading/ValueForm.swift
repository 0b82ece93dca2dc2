import Logging

/// How a setting's text becomes a value, and the words for what is allowed. A value.
struct ValueForm<Value>: Sendable {
    /// Completes `"x" is not allowed; …`.
    let allowed: String
    /// nil when the text is not allowed.
    let parse: @Sendable (String) -> Value?

    init(_ allowed: String, parse: @escaping @Sendable (String) -> Value?) {
        self.allowed = allowed
        self.parse = parse
    }
}

extension ValueForm where Value == Bool {
    static var flag: Self {
        Self("use true or false") { text in
            switch text.lowercased() {
            case "true", "yes", "on", "1": true
            case "false", "no", "off", "0": false
            default: nil
            }
        }
    }
}

extension ValueForm where Value == Int {
    /// A whole number; underscores may group its digits.
    static func count(_ range: ClosedRange<Int>) -> Self {
        Self("use a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text.filter { $0 != "_" }).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A size in bytes.
    static func size(_ range: ClosedRange<Int64>) -> Self {
        let form = ValueForm<Int64>.size(range)
        return Self(form.allowed) { form.parse($0).flatMap { Int(exactly: $0) } }
    }
}

extension ValueForm where Value == Int64 {
    /// A size in bytes, with a unit if wanted.
    static func size(_ range: ClosedRange<Int64>) -> Self {
        let bounds = "from \(SizeText.format(range.lowerBound)) to \(SizeText.format(range.upperBound))"
        return Self("use a size \(bounds), such as 512KiB, 64MiB or 10GiB") { text in
            SizeText.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ValueForm where Value == Duration {
    /// A span of time with its unit.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let bounds = "from \(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
        return Self("use a duration \(bounds), such as 500ms, 30s, 5m or 48h") { text in
            DurationText.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ValueForm where Value == UInt16 {
    /// Permission bits in octal.
    static var mode: Self {
        Self("use permission bits in octal, such as \"0660\"") { text in
            guard (3...4).contains(text.utf8.count) else { return nil }
            return UInt16(text, radix: 8).flatMap { $0 <= 0o777 ? $0 : nil }
        }
    }
}

extension ValueForm where Value == Logger.Level {
    static var level: Self {
        let names = Logger.Level.allCases.map(\.rawValue)
        return Self("use \(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")") { text in
            Logger.Level(rawValue: text.lowercased())
        }
    }
}

extension ValueForm where Value: RawRepresentable<String> & CaseIterable & Sendable {
    /// One of an enumeration's words.
    static var choice: Self {
        let names = Value.allCases.map(\.rawValue)
        return Self("use \(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")") { Value(rawValue: $0) }
    }
}
