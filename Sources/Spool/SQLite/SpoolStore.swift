import Synchronization

/// The connections of the moment, shared between the committer, which replaces them, and those who read.
///
/// Safe on any thread.
final class SpoolStore: Sendable {
    let directory: SpoolDirectory
    let configuration: SQLiteSpoolConfiguration
    let health: SpoolHealth

    /// How large the write-ahead log becomes before it is copied into the database, in bytes.
    let checkpointBytes: Int

    /// What lets the log be copied when the disk is full.
    let reserve: SpaceReserve

    /// How much must stay free beside the reserve, in bytes.
    let minimumFreeBytes: Int64

    private struct State {
        var connections: Connections?
        /// What a reader of these connections saw that the committer is to look into.
        var suspicion: SpoolError?
        var closed = false
    }

    private let state = Mutex(State())

    init(directory: SpoolDirectory, configuration: SQLiteSpoolConfiguration) {
        self.directory = directory
        self.configuration = configuration
        // A small part of what there is, so that a small disk is not filled by the log alone.
        let space = min(configuration.maximumBytes, directory.freeBytes ?? .max)
        let checkpointBytes = max(256 << 10, min(configuration.checkpointBytes, Int(clamping: space / 16)))
        self.checkpointBytes = checkpointBytes
        let reserve = SpaceReserve(directory: directory, checkpointBytes: checkpointBytes)
        let minimumFreeBytes = max(configuration.minimumFreeBytes, Int64(checkpointBytes) * 2)
        self.reserve = reserve
        self.minimumFreeBytes = minimumFreeBytes
        self.health = SpoolHealth(
            directory: directory,
            reserve: reserve,
            maximumBytes: configuration.maximumBytes,
            minimumFreeBytes: minimumFreeBytes
        )
    }

    var current: Connections? { self.state.withLock { $0.connections } }

    /// Puts other connections in place and returns the previous ones.
    func replace(_ connections: Connections?) -> Connections? {
        self.state.withLock { state in
            defer {
                state.connections = connections
                state.suspicion = nil
            }
            return state.connections
        }
    }

    func close() {
        self.state.withLock { $0.closed = true }
        self.health.closed()
    }

    /// Connections to read with.
    func reading() throws(SpoolError) -> Connections {
        let (connections, closed) = self.state.withLock { ($0.connections, $0.closed) }
        if closed { throw .stopped }
        if let connections { return connections }
        throw self.health.failure
            ?? SpoolError(
                code: .missing,
                message: "The spool \(self.directory.path) is not open at the moment. It is opened again by itself.",
                retryAfterSeconds: SpoolError.shortPause
            )
    }

    /// Turns a reader's error into ours, and has the committer look into it if the file may be at fault: not if its
    /// connections have been replaced in the meantime, which ends what was being read.
    func readingFailed(_ error: any Error, with connections: Connections) -> any Error {
        if error is CancellationError { return error }
        let error = SpoolError(error, at: self.directory.database)
        switch error.code {
        case .corrupt, .ioError, .missing:
            self.state.withLock { state in
                if state.connections === connections { state.suspicion = error }
            }
        default: break
        }
        return error
    }

    func takeSuspicion() -> SpoolError? {
        self.state.withLock { state in
            defer { state.suspicion = nil }
            return state.suspicion
        }
    }
}
