import ArgumentParser
import HydraEngine
import Telemetry

/// `hydra check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read all records and say whether they are whole.",
        discussion: """
            Prints how much there is, and one line for each mistake. Exit status 0 if there is none, else 1. Works \
            beside a running `hydra serve`; it reads everything, so it takes its time on a large directory.

            Example:
              hydra check --data /var/lib/hydra
            """
    )

    @OptionGroup var data: DataOptions

    func run() throws {
        let report: StoreReport
        do {
            report = try StoreCheck.run(directory: self.data.data)
        } catch {
            throw Failure.exit("hydra check", error)
        }
        for (name, count) in report.counts { print(TerminalText.line("\(name): \(count)")) }
        for mistake in report.mistakes { Console.error("mistake: \(TerminalText.line(mistake))") }
        guard report.mistakes.isEmpty else { throw ExitCode.failure }
        print("all records are whole")
    }
}
