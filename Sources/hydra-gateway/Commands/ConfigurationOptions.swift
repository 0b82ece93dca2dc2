import ArgumentParser
import Gateway

/// Where the configuration is, shared by every command that needs it.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration file (YAML).",
            discussion: "Default: $HYDRA_GATEWAY_CONFIG, else /etc/hydra-gateway/hydra-gateway.yaml.",
            valueName: "file"
        )
    )
    var config: String?

    /// Loads and validates; prints every mistake and exits with 2 when there are any.
    func load(flags: [String: String] = [:]) throws -> GatewayConfiguration {
        do {
            return try GatewayConfiguration.load(locatedBy: self.config, flags: flags)
        } catch let error as ConfigurationError {
            StandardError.print(error.report)
            throw ExitCode.mistakes
        }
    }
}
