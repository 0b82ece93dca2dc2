import Glibc
import Logging
import ServiceLifecycle

/// Reads the configuration again when a file with a key or a certificate that it names has changed: a renewed certificate
/// and a rotated key need no signal.
///
/// The configuration itself is read at SIGHUP only: somebody may be in the middle of editing it.
struct NamedFilesService: Service {
    /// From one look to the next; a change counts when it stood still for so long.
    private static let pause = Duration.seconds(2)

    let reloader: Reloader
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown { try await self.watch() }
    }

    private func watch() async throws {
        var loaded = await self.look()
        var before = loaded
        while !Task.isCancelled {
            try await Task.sleep(for: Self.pause)
            let now = await self.look()
            defer { before = now }
            guard now != loaded, now == before else { continue }
            let changed = Set(now.keys).union(loaded.keys).filter { now[$0] != loaded[$0] }.sorted()
            let isNew = changed.contains { loaded[$0] != nil && now[$0] != nil }
            loaded = now
            // Files that a reload has added or taken away were read by it.
            guard isNew else { continue }
            self.logger.notice(
                "a file that the configuration names has changed",
                metadata: ["event.action": "reload", "file.path": "\(changed.joined(separator: ", "))"]
            )
            let reloader = self.reloader
            await BlockingWork.run { reloader.reload() }
        }
    }

    private func look() async -> [String: FileIdentity] {
        let files = self.reloader.files
        return await BlockingWork.run {
            var found: [String: FileIdentity] = [:]
            for path in files { found[path] = FileIdentity(path) }
            return found
        }
    }
}

/// What differs when a file was written or replaced. A value.
private struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let number: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// A file that is not there is one of its own kind: that it is gone is a change as well.
    init(_ path: String) {
        var status = stat()
        if unsafe stat(path, &status) != 0 { status = stat() }
        self.device = UInt64(status.st_dev)
        self.number = UInt64(status.st_ino)
        self.size = Int64(status.st_size)
        self.seconds = status.st_mtim.tv_sec
        self.nanoseconds = status.st_mtim.tv_nsec
    }
}
