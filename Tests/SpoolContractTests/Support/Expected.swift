import Spool

/// Errors by their codes, which is what their callers may rely on.
enum Expected {
    static let stopped = Self.error(.stopped)
    static let full = Self.error(.full)
    static let tooLarge = Self.error(.tooLarge)

    private static func error(_ code: SpoolError.Code) -> SpoolError {
        SpoolError(code: code, message: "", retryAfterSeconds: 0)
    }
}
