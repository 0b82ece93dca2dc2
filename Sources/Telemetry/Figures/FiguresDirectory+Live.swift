import Glibc

/// What the live view is made of: a file more for each responder, and a mark that says that somebody looks.
extension FiguresDirectory {
    /// For so many seconds after somebody looked the responders write their live files each second.
    package static let watchedSeconds: Int64 = 10

    /// Replaces this responder's live file.
    ///
    /// - Parameter live: one JSON value of at most ``fileBytes``.
    package func write(live: [UInt8]) throws(FiguresError) {
        let now = Clock.wallNanoseconds() / 1_000_000
        try self.replace(.live, SnapshotFile(process: self.process, writtenAt: now, contents: live))
    }

    /// The live files of all living responders, sorted by name.
    package func readLive() -> [LiveFile] {
        self.names(.live).compactMap { name in
            guard let file = self.read(name, .live), file.process.isAlive else { return nil }
            return LiveFile(name: name, writtenAt: file.writtenAt, json: file.contents)
        }
    }

    /// Says to all responders that somebody looks. Failing is nobody's trouble: they are written less often then.
    package func markWatched() {
        let descriptor = SmallFile.openRetrying(self.mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { return }
        futimens(descriptor, nil)
        close(descriptor)
    }

    /// Whether somebody looked within the last ``watchedSeconds``.
    package var isWatched: Bool {
        var status = stat()
        guard unsafe stat(self.mark, &status) == 0 else { return false }
        // A clock that was set back leaves a mark in the future, which must not count for as long.
        return abs(Clock.wallNanoseconds() / 1_000_000_000 - Int64(status.st_mtim.tv_sec)) <= Self.watchedSeconds
    }

    private var mark: String { "\(self.path)/.watched" }
}

/// What one responder left for the live view. A value.
package struct LiveFile: Sendable {
    /// The responder's name.
    package let name: String
    /// Milliseconds since 1970 UTC at which it was written.
    package let writtenAt: Int64
    /// As it was handed to ``FiguresDirectory/write(live:)``.
    package let json: [UInt8]

    package init(name: String, writtenAt: Int64, json: [UInt8]) {
        self.name = name
        self.writtenAt = writtenAt
        self.json = json
    }
}
