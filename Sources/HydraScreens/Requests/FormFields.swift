import HydraEngine

/// The fields of a form or of a query string: `application/x-www-form-urlencoded`, read strictly.
///
/// A value; any thread.
struct FormFields {
    private var values: [String: [String]] = [:]

    static let none = FormFields()

    private init() {}

    /// - Returns: nil for a broken `%` escape, for text that is not UTF-8 and for more fields than a form of ours has.
    init?(_ text: String) {
        var count = 0
        for pair in text.split(separator: "&") {
            count += 1
            guard count <= ScreenLimits.formFields else { return nil }
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decoded(parts[0], plusIsSpace: true),
                let value = PercentEncoding.decoded(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else { return nil }
            // Browsers send line ends as CR LF, whatever was typed.
            self.values[name, default: []].append(value.replacing("\r\n", with: "\n"))
        }
    }

    /// - Returns: nil for bytes that are not UTF-8, too.
    init?(body: [UInt8]) {
        guard let text = String(validating: body, as: UTF8.self) else { return nil }
        self.init(text)
    }

    /// The first value of a field; nil if it was not sent.
    subscript(name: String) -> String? { self.values[name]?.first }

    /// A field without white space around it; empty if it was not sent.
    func trimmed(_ name: String) -> String {
        self[name]?.trimmingSpace() ?? ""
    }

    /// A field that says something; nil if it is empty or was not sent.
    func text(_ name: String) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    var names: some Sequence<String> { self.values.keys }
}

extension String {
    /// Without white space around it.
    func trimmingSpace() -> String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
