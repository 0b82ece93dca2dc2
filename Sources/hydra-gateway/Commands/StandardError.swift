import ArgumentParser
import Gateway

/// Messages for the person at the terminal that are not the command's result.
enum StandardError {
    static func print(_ text: String) {
        TerminalOutput.writeError(text)
    }
}

/// What the service manager is told. None of these two is worth another start: see RestartPreventExitStatus= in the units.
extension ExitCode {
    /// The configuration has mistakes.
    static let mistakes = ExitCode(2)
    /// The configuration is in itself right, and does not fit what is there, such as a spool of a later version (EX_CONFIG).
    static let configuration = ExitCode(78)
}
