import ArgumentParser
import Gateway

/// `hydra-gateway check`: is the configuration right?
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the configuration and print every mistake with file, line and key.",
        discussion: """
            EXAMPLES
              hydra-gateway check --config hydra-gateway.yaml    exit 0 when right, 2 with mistakes
              hydra-gateway check --connect                      and try Hydra with its keys, the spool, the sockets
              hydra-gateway check --example > hydra-gateway.yaml  start from a file with every key explained
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(name: .long, help: "Print a commented configuration with every key and its default.")
    var example = false

    @Flag(name: .long, help: "Try each Hydra with its key, the spool and the sockets, too; exit 1 when one fails.")
    var connect = false

    mutating func run() async throws {
        if self.example {
            print(GatewayConfiguration.example)
            return
        }
        let configuration = try self.options.load()
        TerminalOutput.write(configuration.summary)
        guard self.connect else { return }
        let findings = await ConnectionCheck(configuration).run()
        for finding in findings {
            TerminalOutput.write("  \(finding.isGood ? "good" : "BAD ")         \(finding.text)")
        }
        if !findings.allSatisfy(\.isGood) { throw ExitCode(1) }
    }
}
