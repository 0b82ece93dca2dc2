import ArgumentParser
import Gateway

/// `hydra-gateway dead …`: calls that Hydra refused or that were given up.
struct Dead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show, replay or drop dead letters: calls that could not be delivered.",
        discussion: """
            EXAMPLES
              hydra-gateway dead list --source web
              hydra-gateway dead show 42
              hydra-gateway dead replay 42 43
              hydra-gateway dead replay --source web
              hydra-gateway dead drop --all
            """,
        subcommands: [List.self, Show.self, Replay.self, Drop.self],
        defaultSubcommand: List.self
    )

    /// Which dead letters a command means.
    struct Selection: ParsableArguments {
        @Argument(help: "Ids, as `dead list` prints them.")
        var ids: [Int64] = []

        @Option(name: .long, help: "All of this source.")
        var source: String?

        @Flag(name: .long, help: "All of them.")
        var all = false

        func validate() throws {
            let given = (self.ids.isEmpty ? 0 : 1) + (self.source == nil ? 0 : 1) + (self.all ? 1 : 0)
            guard given == 1 else {
                throw ValidationError("Name ids, or --source NAME, or --all: exactly one of the three.")
            }
        }

        var choice: DeadLetterChoice {
            if self.all { return .all }
            if let source { return .source(source) }
            return .ids(self.ids)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List dead letters, oldest first.")
        @OptionGroup var options: ConfigurationOptions
        @Option(name: .long, help: "Only of this source.") var source: String?
        @Option(name: .long, help: "Only those behind this id.") var after: Int64 = 0
        @Option(name: .long, help: "At most this many.") var limit = 100
        @Flag(name: .long, help: "Print JSON.") var json = false

        mutating func run() async throws {
            let report = try SpoolCommand(self.options.load())
                .deadLetters(source: self.source, after: self.after, limit: max(1, self.limit))
            TerminalOutput.write(self.json ? report.json : report.text)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one dead letter: the call, its attempts, the last answer."
        )
        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The id.") var id: Int64

        mutating func run() async throws {
            guard let text = try SpoolCommand(self.options.load()).deadLetter(id: self.id) else {
                StandardError.print("hydra-gateway: no dead letter has the id \(self.id); `dead list` shows all")
                throw ExitCode(1)
            }
            TerminalOutput.write(text)
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put dead letters back into the queue, in their order, with attempts reset."
        )
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var selection: Selection

        mutating func run() async throws {
            let count = try SpoolCommand(self.options.load()).replay(self.selection.choice)
            TerminalOutput.write("\(count) put back into the queue")
        }
    }

    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete dead letters for good.")
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var selection: Selection

        mutating func run() async throws {
            let count = try SpoolCommand(self.options.load()).drop(self.selection.choice)
            TerminalOutput.write("\(count) dropped")
        }
    }
}
