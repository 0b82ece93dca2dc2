import Glibc
import Telemetry

/// Writes for the person at the terminal: nothing that moves the cursor, whatever stands in the text.
package enum TerminalOutput {
    /// Lines on standard output.
    package static func write(_ text: String) {
        print(TerminalText.lines(text))
    }

    /// A line on standard error. Failure to write is nobody's to handle.
    package static func writeError(_ text: String) {
        let bytes = Array((TerminalText.lines(text.hasSuffix("\n") ? String(text.dropLast()) : text) + "\n").utf8)
        unsafe bytes.withUnsafeBytes { buffer in
            _ = unsafe Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        }
    }
}
