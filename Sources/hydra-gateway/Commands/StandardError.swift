import Gateway

/// Messages for the person at the terminal that are not the command's result.
enum StandardError {
    static func print(_ text: String) {
        TerminalOutput.writeError(text)
    }
}
