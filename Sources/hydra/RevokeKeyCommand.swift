import ArgumentParser
import HydraEngine

/// `hydra key revoke`.
struct RevokeKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Let an API key stop working.",
        discussion: """
            Example, with a day in which the old key and its successor both work:
              hydra key revoke --data /var/lib/hydra 1 --grace 86400
            """
    )

    @OptionGroup var data: DataOptions

    @Argument(help: "The key's number, as `hydra key list` shows it.")
    var number: Int64

    @Option(name: .long, help: ArgumentHelp("For how long it still works.", valueName: "seconds"))
    var grace: Int64 = 0

    func validate() throws {
        // Ten years: anything longer is a mistake, and the sum of times must not overflow.
        guard (0...315_360_000).contains(self.grace) else {
            throw ValidationError("--grace must be from 0 to 315360000 seconds")
        }
    }

    func run() throws {
        do {
            let keys = try KeyStore(directory: self.data.data)
            defer { keys.close() }
            try keys.revoke(id: self.number, grace: .seconds(self.grace))
        } catch {
            throw Failure.exit("hydra key revoke", error)
        }
    }
}
