/// All that is wrong with a definition.
package struct DefinitionMistakes: Error, Equatable {
    package let mistakes: [DefinitionMistake]

    package init(_ mistakes: [DefinitionMistake]) {
        self.mistakes = mistakes
    }
}

/// One thing that is wrong with a definition.
///
/// A value; any thread.
package struct DefinitionMistake: Sendable, Equatable {
    /// Where: `personas[2].conditions[0].operator`; empty for the whole.
    package let path: String
    /// What is wrong and what is allowed, to be read behind the path.
    package let message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }
}
