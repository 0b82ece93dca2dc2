/// Why the spool could not do what it was asked.
///
/// A plain value; safe on any thread. Two errors are equal when their codes are.
package struct SpoolError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The bounded part of the error, for logs and metrics.
    package enum Code: String, Sendable, CaseIterable {
        /// The spool holds as many bytes as it may, or the file system is full.
        case full
        /// The file system has less free space than must be left.
        case diskLow = "disk_low"
        /// The directory or a file in it may not be written.
        case readOnly = "read_only"
        /// The disk failed to read or write.
        case ioError = "io_error"
        /// A file of the spool is not what the spool wrote.
        case corrupt
        /// Another program holds the database locked.
        case busy
        /// The spool was closed.
        case stopped
        /// The directory, or a file in it, is not there.
        case missing
        /// The files were written by a later version of this program.
        case newerSchema = "newer_schema"
        /// A call is longer than ``SpoolLimits/callBytes``.
        case tooLarge = "too_large"
        /// The servers that keep the spool cannot be reached, or too few of them to agree, or they did not answer in time.
        case unreachable
        /// The servers, or what they keep, are not set up as the configuration says.
        case misconfigured
    }

    /// What kind of failure it is.
    package let code: Code

    /// What happened, where, and what to do about it.
    package let message: String

    /// When it makes sense to try again, in seconds; what a client is told in `Retry-After`.
    package let retryAfterSeconds: Int

    package init(code: Code, message: String, retryAfterSeconds: Int) {
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    package var description: String { "\(self.code.rawValue): \(self.message)" }

    package static func == (left: SpoolError, right: SpoolError) -> Bool { left.code == right.code }
}
