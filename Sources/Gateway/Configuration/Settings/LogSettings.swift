package import Logging

/// Where and how much is logged. A value.
package struct LogSettings: Equatable, Sendable {
    /// Absolute path of the file, which is opened again on SIGUSR1; nil logs to standard error (`-` in the file).
    package internal(set) var file: String?
    /// Lowest level that is logged, info; reloadable.
    package internal(set) var level: Logger.Level = .info
}
