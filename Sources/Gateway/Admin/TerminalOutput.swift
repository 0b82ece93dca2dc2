import Glibc

/// Writes for the person at the terminal.
package enum TerminalOutput {
    /// A line on standard error. Failure to write is nobody's to handle.
    package static func writeError(_ text: String) {
        let bytes = Array((text.hasSuffix("\n") ? text : text + "\n").utf8)
        unsafe bytes.withUnsafeBytes { buffer in
            _ = unsafe Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        }
    }
}
