import ArgumentParser
import HydraEngine

/// `hydra key create`.
struct CreateKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an API key and print it.",
        discussion: """
            The key is printed once, alone, on standard output; only its hash is kept. What it is for goes to standard \
            error.

            Example:
              hydra key create --data /var/lib/hydra --name gateway > /etc/hydra-api-key
            """
    )

    @OptionGroup var data: DataOptions

    @Option(name: .long, help: "What the key is for: shown in lists.")
    var name: String = "default"

    @Option(name: .long, help: "Whose records the key opens; made if there is none of this name.")
    var account: String = "default"

    func run() throws {
        do {
            let keys = try KeyStore(directory: self.data.data)
            defer { keys.close() }
            let (secret, info) = try keys.create(account: self.account, name: self.name)
            print(secret.value)
            Console.error("key \(info.id) (\(info.name)) opens account \(info.account); it is not shown again")
        } catch {
            throw Failure.exit("hydra key create", error)
        }
    }
}
