import ArgumentParser
import Glibc
import HydraEngine
import Telemetry

/// How a command says that it does not work: one line on standard error, exit status 1.
enum Failure {
    static func exit(_ command: String, _ error: any Error) -> ExitCode {
        Console.error("\(command): \(error)")
        return .failure
    }

    /// The same for a service: exit status 78 (EX_CONFIG) where another start would be of no use; see
    /// RestartPreventExitStatus= in the unit.
    static func exit(service command: String, _ error: any Error) -> ExitCode {
        let code = self.exit(command, error)
        return (error as? EngineError)?.isLasting == true ? ExitCode(78) : code
    }
}

/// Lines for people and scripts.
enum Console {
    static func error(_ line: String) {
        self.write(TerminalText.lines(line) + "\n", to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
