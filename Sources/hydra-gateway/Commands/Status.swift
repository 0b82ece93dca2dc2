import ArgumentParser
import Gateway

/// `hydra-gateway status`: what is going on, from the spool directory.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show queue depth, oldest age, sources, destinations and responders.",
        discussion: """
            Reads the spool directory; works whether or not a responder is running.

            EXAMPLES
              hydra-gateway status
              hydra-gateway status --json | jq .spool.depth
              hydra-gateway status --check        one line; exit 0 good, 1 warning, 2 critical, 3 unknown (monit, Nagios)
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @Flag(name: .long, help: "Print one line and say with the exit status how it is: 0, 1, 2, or 3 for unknown.")
    var check = false

    @Option(name: .long, help: "With --check: seconds that a call may wait.")
    var patience = 300

    mutating func run() async throws {
        if self.check { try self.checkForMonitor() }
        let report = try SpoolCommand(self.options.load()).status()
        TerminalOutput.write(self.json ? report.json : report.text)
    }

    /// Ends the command with what monitors understand.
    private func checkForMonitor() throws {
        do {
            let configuration = try GatewayConfiguration.load(locatedBy: self.options.config)
            let (severity, line) = try SpoolCommand(configuration).status()
                .check(patience: self.patience, minimumFreeBytes: configuration.spool.minimumFreeBytes)
            print(line)
            throw ExitCode(severity.rawValue)
        } catch let code as ExitCode {
            throw code
        } catch {
            print("UNKNOWN - \(error)")
            throw ExitCode(3)
        }
    }
}
