import ArgumentParser
import Gateway

/// `hydra-gateway deliver --once`: empty the queue from cron, where no process may stay.
struct Deliver: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Deliver what is queued and exit; for cron on shared hosting.",
        discussion: """
            Only one process delivers at a time: when a responder does, this waits for its turn up to --within.

            EXAMPLE (crontab)
              * * * * *  hydra-gateway deliver --once --config $HOME/hydra-gateway.yaml
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @Flag(name: .long, help: "Deliver all that is due now, then exit.") var once = false
    @Option(name: .long, help: "Seconds after which to stop.") var within = 50

    func validate() throws {
        if !self.once { throw ValidationError("Say --once; `hydra-gateway serve` delivers all the time.") }
        if self.within < 1 { throw ValidationError("--within takes a whole number of seconds from 1.") }
    }

    mutating func run() async throws {
        let configuration = try self.options.load()
        do {
            TerminalOutput.write(try await OneTimeDelivery.run(configuration, within: .seconds(self.within)))
        } catch let error as GatewayStartError {
            StandardError.print("hydra-gateway: \(error.message)")
            throw ExitCode(1)
        }
    }
}
