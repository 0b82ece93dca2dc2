package import HydraDataPoints
package import JSON

/// What a scanner found out about one record, and why.
///
/// A value; any thread.
package struct ScanResult: Sendable, Equatable {
    /// A function, a persona's name, a band; nil: none of them, which is an answer too.
    package var label: String?
    /// From 0 to 100, to one decimal; nil where there is nothing to measure.
    package var score: Double?
    /// From 0 to 1: how much of what was asked is known.
    package var confidence: Double
    package var details: [Detail]
    package var reasons: [ScanReason]

    /// More about the label.
    package struct Detail: Sendable, Equatable {
        package let name: String
        /// nil: not known.
        package let value: DataValue?
    }

    /// Writes an object.
    package func json(into writer: inout JSONWriter) {
        writer.beginObject()
        if let label = self.label { writer.member("label", label) } else { writer.nullMember("label") }
        if let score = self.score { writer.member("score", score) } else { writer.nullMember("score") }
        writer.member("confidence", self.confidence)
        writer.key("details")
        writer.beginObject()
        for detail in self.details {
            writer.key(string: detail.name)
            if let value = detail.value { value.write(into: &writer) } else { writer.null() }
        }
        writer.endObject()
        writer.key("reasons")
        writer.beginArray()
        for reason in self.reasons { reason.write(into: &writer) }
        writer.endArray()
        writer.endObject()
    }

    static func rounded(_ value: Double, to decimals: Double) -> Double { (value * decimals).rounded() / decimals }
}

/// Why a scanner says what it says.
///
/// A value; any thread.
package struct ScanReason: Sendable, Equatable {
    private static let maximumCharacters = 300

    /// For a person to read.
    package let text: String
    /// What was looked at: `word VP`, `company.data.company.country`.
    package let subject: String
    /// Points, signed; nil where there are none.
    package let effect: Double?
    package let held: Bool

    init(_ text: String, subject: String, effect: Double? = nil, held: Bool) {
        self.text = Self.cut(text)
        self.subject = Self.cut(subject)
        self.effect = effect
        self.held = held
    }

    private static func cut(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > self.maximumCharacters else { return text }
        return String(String.UnicodeScalarView(scalars.prefix(self.maximumCharacters))) + "…"
    }

    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("text", self.text)
        writer.member("subject", self.subject)
        if let effect = self.effect { writer.member("effect", effect) } else { writer.nullMember("effect") }
        writer.member("held", self.held)
        writer.endObject()
    }
}
