/// Why the engine does not start, or a command does not work. Each message says what happened, where, and what to do.
package enum EngineError: Error, Sendable, CustomStringConvertible {
    /// The data directory is missing, no directory, or may not be written.
    case directory(path: String, reason: String)
    /// Another program serves this directory.
    case inUse(path: String)
    /// The file is not a database, or a damaged one.
    case damaged(path: String, reason: String)
    /// The database belongs to another program.
    case foreign(path: String)
    /// The database was written by a newer version.
    case newer(path: String)
    /// SQLite or the disk refuses.
    case store(path: String, reason: String)
    /// A command names something that is not there or not allowed.
    case refused(String)

    /// One of a small set of words, for logs.
    package var code: String {
        switch self {
        case .directory: "directory"
        case .inUse: "in_use"
        case .damaged: "damaged"
        case .foreign: "foreign"
        case .newer: "newer"
        case .store: "store"
        case .refused: "refused"
        }
    }

    /// Whether trying again is of no use before somebody has changed something.
    package var isLasting: Bool {
        switch self {
        case .damaged, .foreign, .newer, .refused: true
        case .directory, .inUse, .store: false
        }
    }

    package var description: String {
        switch self {
        case .directory(let path, let reason):
            "data directory \(path): \(reason)"
        case .inUse(let path):
            """
            data directory \(path) is served by another hydra: stop that one first, or give this one a directory of \
            its own with --data
            """
        case .damaged(let path, let reason):
            """
            \(path) is damaged (\(reason)). Nothing was changed. Copy the directory, then put a backup in its place, \
            or rescue what can be read: sqlite3 \(path) .recover | sqlite3 rescued.sqlite
            """
        case .foreign(let path):
            "\(path) is a database of another program: give hydra a directory of its own with --data"
        case .newer(let path):
            "\(path) was written by a newer version of hydra: run that version, or restore a backup from before it"
        case .store(let path, let reason):
            "\(path): \(reason)"
        case .refused(let message):
            message
        }
    }
}
