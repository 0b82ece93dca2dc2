import ArgumentParser
import Gateway

/// `hydra-gateway serve`: the responder.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve requests from nginx and deliver to Hydra.",
        discussion: """
            Several processes may serve one spool directory; one of them delivers, and another takes over when it dies.

            EXAMPLES
              hydra-gateway serve --config hydra-gateway.yaml
              hydra-gateway serve --config hydra-gateway.yaml --listen unix:/run/hydra-gateway/2.sock --name two
              spawn-fcgi -s /run/hydra-gateway.sock -n -- /usr/bin/hydra-gateway serve --listen inherited
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to listen: unix:/path, tcp:127.0.0.1:9000, or inherited. May be repeated; replaces the file's.",
            valueName: "address"
        )
    )
    var listen: [String] = []

    @Option(name: .long, help: "This responder's name in logs, metrics and status. Default: the process id.")
    var name: String?

    @Option(name: .long, help: "Worker threads; replaces the file's.")
    var workers: Int?

    @Option(name: .customLong("log"), help: "The log file, or - for standard error; replaces the file's.")
    var log: String?

    mutating func run() async throws {
        var flags: [String: String] = [:]
        if !self.listen.isEmpty { flags["listen"] = self.listen.joined(separator: ",") }
        if let workers { flags["workers"] = String(workers) }
        if let log { flags["log.file"] = log }
        let configuration = try self.options.load(flags: flags)
        do {
            try await GatewayServer.run(
                configuration,
                locatedBy: self.options.config,
                flags: flags,
                name: self.name
            )
        } catch let error as GatewayStartError {
            StandardError.print("hydra-gateway: \(error.message)")
            throw error.isLasting ? ExitCode.configuration : ExitCode(1)
        }
    }
}
