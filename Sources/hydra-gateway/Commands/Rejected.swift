import ArgumentParser
import Gateway

/// `hydra-gateway rejected …`: events that were not right.
struct Rejected: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "List, show or retry rejected events: those that a batch had beside good ones and that were not right.",
        discussion: """
            The newest spool.rejectedMaximum of them are kept.

            EXAMPLES
              hydra-gateway rejected list --source web
              hydra-gateway rejected show 42
              hydra-gateway rejected retry 42 43      after a limit was raised
            """,
        subcommands: [List.self, Show.self, Retry.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List rejected events, oldest first.")
        @OptionGroup var options: ConfigurationOptions
        @Option(name: .long, help: "Only of this source.") var source: String?
        @Option(name: .long, help: "Only those behind this id.") var after: Int64 = 0
        @Option(name: .long, help: "At most this many.") var limit = 100
        @Flag(name: .long, help: "Print JSON.") var json = false

        mutating func run() async throws {
            let report = try SpoolCommand(self.options.load())
                .rejected(source: self.source, after: self.after, limit: max(1, self.limit))
            print(self.json ? report.json : report.text)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one rejected event, as it came, and the reason."
        )
        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The id.") var id: Int64

        mutating func run() async throws {
            guard let text = try SpoolCommand(self.options.load()).rejectedEvent(id: self.id) else {
                StandardError.print("hydra-gateway: no rejected event has the id \(self.id); `rejected list` shows all")
                throw ExitCode(1)
            }
            print(text)
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take rejected events again, under the limits of today; exit 1 when one is still not right."
        )
        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "Ids, as `rejected list` prints them.") var ids: [Int64]

        mutating func run() async throws {
            let (lines, areAllIn) = try SpoolCommand(self.options.load()).retryRejected(self.ids)
            print(lines.joined(separator: "\n"))
            if !areAllIn { throw ExitCode(1) }
        }
    }
}
