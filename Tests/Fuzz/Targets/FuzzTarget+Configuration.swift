import Gateway

extension FuzzTarget {
    /// Configuration files: settings, or mistakes that say where they stand and what is allowed.
    static let configuration = FuzzTarget("configuration", maximumBytes: 4 << 10) { input in
        let text = String(decoding: input, as: UTF8.self)
        let first = Self.outcome(text)
        let second = Self.outcome(text)
        guard case .failure(let error) = first else {
            try require(second == first, "the same text says the same twice")
            return
        }
        // Not always with the same words: of several keys that stand twice and are maps themselves Yams names any first.
        guard case .failure = second else { throw Finding(description: "a text is refused each time") }
        try require(!error.mistakes.isEmpty, "a refusal names at least one mistake")
        // Yams takes each of these for the end of a line.
        let lines = text.unicodeScalars.count { ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains($0) } + 1
        for mistake in error.mistakes {
            try require(!mistake.message.isEmpty, "a mistake says what is wrong")
            try require(!mistake.description.contains("\n"), "a mistake is one line: \(mistake)")
            guard case .file(_, let line?, _) = mistake.place else { continue }
            try require((1...lines + 1).contains(line), "line \(line) of \(lines) is in the file: \(mistake)")
        }
    }

    /// How many sources there are, or what is wrong.
    private static func outcome(_ text: String) -> Result<[String], ConfigurationError> {
        do throws(ConfigurationError) {
            let configuration = try GatewayConfiguration.load(text: text, name: "fuzz.yaml")
            return .success(configuration.sources.map { "\($0.name)" } + configuration.warnings.map(\.description))
        } catch {
            return .failure(error)
        }
    }
}
