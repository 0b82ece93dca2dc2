/// The configuration cannot be used: every mistake that was found, in the order of the file.
package struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// At least one.
    package let mistakes: [ConfigurationMistake]

    /// One line for each mistake.
    package var description: String {
        self.mistakes.map(\.description).joined(separator: "\n")
    }
}
