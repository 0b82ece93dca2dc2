package import Logging

/// One log line, built field by field into bytes: for the lines that are written once per request or per call.
///
/// No dictionary, no formatter, one allocation (none with a reused buffer). It takes texts, numbers and truth values
/// under names that stand in the program, nothing else: no object, no error, no description of a value, so that traits,
/// properties and keys cannot slip into a line. A value; use it on one thread.
///
/// ```swift
/// var line = LogLine(level: .info, message: "request", action: "request", dataset: "hydra-gateway")
/// line.add(FieldName.traceID, traceID)
/// line.add(FieldName.responseStatus, 200)
/// sink.write(line.finish())
/// ```
package struct LogLine: Sendable {
    private var bytes: [UInt8]

    /// Begins a line with the current time.
    ///
    /// - Parameters:
    ///   - message: a constant sentence; what varies belongs into fields.
    ///   - action: `event.action`, from a fixed set of words.
    ///   - dataset: `event.dataset`, the program's name.
    ///   - buffer: bytes whose storage is used again; their contents are discarded.
    package init(
        level: Logger.Level,
        message: StaticString,
        action: StaticString? = nil,
        dataset: StaticString,
        reusing buffer: consuming [UInt8] = []
    ) {
        self.init(level: level, at: Clock.wallNanoseconds(), reusing: buffer)
        self.add(FieldName.message, message)
        self.add(FieldName.version, FieldName.schemaVersion)
        self.add(FieldName.eventDataset, dataset)
        if let action {
            self.add(FieldName.eventAction, action)
        }
    }

    /// Begins a line for a message that is only known at run time, as swift-log has them.
    init(level: Logger.Level, message: String, dataset: String, at nanoseconds: Int64 = Clock.wallNanoseconds()) {
        self.init(level: level, at: nanoseconds, reusing: [])
        self.add(FieldName.message, message)
        self.add(FieldName.version, FieldName.schemaVersion)
        self.add(FieldName.eventDataset, dataset)
    }

    private init(level: Logger.Level, at nanoseconds: Int64, reusing buffer: consuming [UInt8]) {
        self.bytes = buffer
        self.bytes.removeAll(keepingCapacity: true)
        // Most lines are shorter: the array is allocated once.
        self.bytes.reserveCapacity(768)
        JSONText.append("{\"@timestamp\":\"", to: &self.bytes)
        LogTimestamp.append(nanoseconds: nanoseconds, to: &self.bytes)
        self.bytes.append(UInt8(ascii: "\""))
        self.add(FieldName.level, level.schemaName)
    }

    /// Adds a text. Control characters and quotes are escaped; over ``LogLimits/valueBytes`` it is cut.
    ///
    /// - Parameter key: from ``FieldName``; must not need escaping, and each name only once in a line.
    package mutating func add(_ key: StaticString, _ value: String) {
        self.beginField(key)
        JSONText.appendString(value, to: &self.bytes)
    }

    /// Adds a text, or nothing when there is none.
    package mutating func add(_ key: StaticString, _ value: String?) {
        guard let value else { return }
        self.add(key, value)
    }

    /// Adds a constant text, which must not need escaping.
    package mutating func add(_ key: StaticString, _ value: StaticString) {
        self.beginField(key)
        self.bytes.append(UInt8(ascii: "\""))
        JSONText.append(value, to: &self.bytes)
        self.bytes.append(UInt8(ascii: "\""))
    }

    /// Adds a number.
    package mutating func add(_ key: StaticString, _ value: Int) {
        self.beginField(key)
        JSONText.append(Int64(value), to: &self.bytes)
    }

    /// Adds a number.
    package mutating func add(_ key: StaticString, _ value: Int64) {
        self.beginField(key)
        JSONText.append(value, to: &self.bytes)
    }

    /// Adds a number.
    package mutating func add(_ key: StaticString, _ value: UInt64) {
        self.beginField(key)
        JSONText.append(value, to: &self.bytes)
    }

    /// Adds a number; NaN and infinities become null.
    package mutating func add(_ key: StaticString, _ value: Double) {
        self.beginField(key)
        JSONText.append(value, to: &self.bytes)
    }

    /// Adds a truth value.
    package mutating func add(_ key: StaticString, _ value: Bool) {
        self.beginField(key)
        JSONText.append(value ? "true" : "false", to: &self.bytes)
    }

    /// Adds a text under a name that is only known at run time.
    mutating func add(key: String, text: String) {
        self.beginField(key: key)
        JSONText.appendString(text, to: &self.bytes)
    }

    /// Adds a number under a name that is only known at run time.
    mutating func add(key: String, number: Int64) {
        self.beginField(key: key)
        JSONText.append(number, to: &self.bytes)
    }

    /// Adds a list of texts under a name that is only known at run time.
    mutating func add(key: String, texts: [String]) {
        self.beginField(key: key)
        self.bytes.append(UInt8(ascii: "["))
        for (index, text) in texts.enumerated() {
            if index > 0 {
                self.bytes.append(UInt8(ascii: ","))
            }
            JSONText.appendString(text, to: &self.bytes)
        }
        self.bytes.append(UInt8(ascii: "]"))
    }

    /// Ends the line: one JSON object and a line feed, ready for ``LogSink/write(_:)``.
    package consuming func finish() -> [UInt8] {
        self.bytes.append(UInt8(ascii: "}"))
        self.bytes.append(UInt8(ascii: "\n"))
        return self.bytes
    }

    @inline(__always)
    private mutating func beginField(_ key: StaticString) {
        JSONText.append(",\"", to: &self.bytes)
        JSONText.append(key, to: &self.bytes)
        JSONText.append("\":", to: &self.bytes)
    }

    private mutating func beginField(key: String) {
        self.bytes.append(UInt8(ascii: ","))
        JSONText.appendString(key, to: &self.bytes)
        self.bytes.append(UInt8(ascii: ":"))
    }
}
