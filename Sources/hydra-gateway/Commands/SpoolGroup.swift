import ArgumentParser
import Gateway

/// `hydra-gateway spool`: what is done to a whole spool.
struct SpoolGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spool",
        abstract: "Move a whole spool.",
        subcommands: [Move.self]
    )

    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move all that waits, dead letters and rejected events between files and NATS JetStream.",
            discussion: """
                One side is the spool that the configuration names, the other is given here: a directory, or the \
                addresses of NATS servers. With addresses the configuration's other settings below `spool` (user, \
                passwordFile, partitions) are those of the servers.

                Stop every gateway of both spools first. A call leaves the old spool when the new one has it for certain; \
                if the move is cut off, the same command goes on. Each user's calls keep their order. Attempts are \
                counted anew.

                EXAMPLES
                  hydra-gateway spool move --from /var/lib/hydra-gateway/spool     # to what the configuration names
                  hydra-gateway spool move --to nats://a:4222,b:4222,c:4222
                  hydra-gateway spool move --to /var/lib/hydra-gateway/spool       # and back
                """
        )

        @OptionGroup var options: ConfigurationOptions

        @Option(name: .long, help: ArgumentHelp("The old spool.", valueName: "place"))
        var from: String?

        @Option(name: .long, help: ArgumentHelp("The new spool.", valueName: "place"))
        var to: String?

        func validate() throws {
            if (self.from == nil) == (self.to == nil) {
                throw ValidationError("Give either --from or --to; the other side is the configuration's spool.")
            }
        }

        mutating func run() async throws {
            let other = self.from.map { SpoolMoveCommand.Other.from($0) } ?? .to(self.to ?? "")
            let configuration = try self.options.load(flags: other.flags)
            do {
                var told = 0
                let text = try await SpoolMoveCommand.run(configuration, other) { calls in
                    guard calls - told >= 10_000 else { return }
                    told = calls
                    StandardError.print("\(calls) calls moved")
                }
                TerminalOutput.write(text)
            } catch let error as SpoolMoveError {
                StandardError.print("hydra-gateway: \(error.message)")
                throw ExitCode(1)
            }
        }
    }
}
