import GRDB
import Glibc

extension SpoolError {
    /// What a client is told to wait while an operator has to do something, in seconds.
    static let longPause = 30

    /// What a client is told to wait for what usually passes by itself, in seconds.
    static let shortPause = 5

    /// From a failed system call.
    init(errno code: Int32, _ what: String) {
        let cause = unsafe String(cString: strerror(code))
        switch code {
        case ENOSPC, EDQUOT:
            self.init(
                code: .full,
                message: "\(what): \(cause). Free disk space; the spool goes on by itself.",
                retryAfterSeconds: Self.longPause
            )
        case EROFS, EACCES, EPERM:
            self.init(
                code: .readOnly,
                message: "\(what): \(cause). Let the gateway's user read and write it (owner, mode, mount options).",
                retryAfterSeconds: Self.longPause
            )
        case ENOENT, ENOTDIR:
            self.init(
                code: .missing,
                message: "\(what): \(cause). Create the directory, or name another one.",
                retryAfterSeconds: Self.longPause
            )
        case EMFILE, ENFILE:
            self.init(
                code: .ioError,
                message: "\(what): \(cause). Raise the limit of open files.",
                retryAfterSeconds: Self.shortPause
            )
        default:
            self.init(
                code: .ioError,
                message: "\(what): \(cause). Look at the disk and the kernel's log.",
                retryAfterSeconds: Self.shortPause
            )
        }
    }

    /// From anything that GRDB threw about the database at `path`.
    init(_ error: any Error, at path: String) {
        if let error = error as? SpoolError {
            self = error
        } else if let error = error as? DatabaseError {
            self.init(sqlite: error, at: path)
        } else if let error = error as? SchemaError {
            self.init(schema: error, at: path)
        } else {
            self.init(code: .ioError, message: "The spool \(path): \(error).", retryAfterSeconds: Self.shortPause)
        }
    }

    private init(sqlite error: DatabaseError, at path: String) {
        let what = "SQLite, at \(path): \(error.message ?? "error") (\(error.extendedResultCode.rawValue))."
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                code: .full,
                message: "\(what) Free disk space; the spool goes on by itself.",
                retryAfterSeconds: Self.longPause
            )
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                code: .readOnly,
                message: "\(what) Let the gateway's user read and write it (owner, mode, mount options).",
                retryAfterSeconds: Self.longPause
            )
        case .SQLITE_CANTOPEN:
            self.init(
                code: .missing,
                message: "\(what) See that the directory is there and that the gateway's user may write it.",
                retryAfterSeconds: Self.longPause
            )
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                code: .corrupt,
                message: "\(what) The file is set aside and a new one begun; `sqlite3 FILE .recover` may read the old.",
                retryAfterSeconds: Self.shortPause
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                code: .busy,
                message: "\(what) Another program holds the database locked: end it, or let it commit.",
                retryAfterSeconds: Self.shortPause
            )
        case .SQLITE_TOOBIG:
            self.init(code: .tooLarge, message: what, retryAfterSeconds: Self.shortPause)
        default:
            self.init(
                code: .ioError,
                message: "\(what) Look at the disk and the kernel's log.",
                retryAfterSeconds: Self.shortPause
            )
        }
    }

    private init(schema error: SchemaError, at path: String) {
        switch error {
        case .newer(let version):
            self.init(
                code: .newerSchema,
                message: "The spool \(path) was written by a later version (layout \(version), this program knows"
                    + " \(Schema.version)). Run that version, or name another directory.",
                retryAfterSeconds: Self.longPause
            )
        case .older(let version):
            self.init(
                code: .newerSchema,
                message: "The spool \(path) has the layout of an earlier version (\(version), this program has"
                    + " \(Schema.version)), and may only be looked at. Start hydra-gateway, which brings it up to date.",
                retryAfterSeconds: Self.longPause
            )
        case .foreign:
            self.init(
                code: .newerSchema,
                message: "\(path) is a database of another program. Name another directory.",
                retryAfterSeconds: Self.longPause
            )
        }
    }

    /// A delivery session's ids mean nothing any more.
    static func replaced(_ directory: SpoolDirectory) -> SpoolError {
        SpoolError(
            code: .missing,
            message: "The spool \(directory.path) was deleted or replaced while this process delivered."
                + " Release the session and acquire another one.",
            retryAfterSeconds: Self.shortPause
        )
    }

    /// The spool was closed.
    static let stopped = SpoolError(
        code: .stopped,
        message: "The spool is closed: the process is shutting down.",
        retryAfterSeconds: Self.shortPause
    )
}
