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
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    mutating func run() async throws {
        let report = try SpoolCommand(self.options.load()).status()
        TerminalOutput.write(self.json ? report.json : report.text)
    }
}
