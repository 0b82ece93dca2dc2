/// Why a log target cannot be opened.
package struct LogSinkError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A bounded set for labels and tests.
    package enum Code: String, Sendable {
        case notOpened = "log_not_opened"
        case notRegular = "log_not_a_file"
        case noThread = "log_no_thread"
    }

    package let code: Code
    /// What happened, where, and what to do about it.
    package let message: String

    package var description: String { self.message }

    static func notOpened(_ path: String, _ error: Int32) -> Self {
        Self(
            code: .notOpened,
            message: "The log file \(path) cannot be opened: \(SystemError.describe(error)). "
                + "Its directory must exist and be writable for this user; \"-\" logs to standard error."
        )
    }

    static func notRegular(_ path: String) -> Self {
        Self(code: .notRegular, message: "The log file \(path) is a directory. Name a file in it.")
    }

    static let noThread = Self(
        code: .noThread,
        message: "The log's writer thread cannot be started: the limit of threads is reached."
    )
}
