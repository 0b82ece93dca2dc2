import GRDB
import Glibc

/// A copy of all records as of one moment, taken beside a running server.
package enum StoreBackup {
    /// Copies the records of a directory into a new one, which another `hydra serve` can be given.
    ///
    /// - Parameter destination: must not exist. It is there when the copy is whole, and not before.
    /// - Returns: bytes of the copy.
    package static func run(directory: String, to destination: String) throws(EngineError) -> Int64 {
        var status = stat()
        guard unsafe lstat(destination, &status) != 0 else {
            throw .refused("\(destination) exists already: a backup goes into a directory of its own")
        }
        let store = try Store(directory: directory, exclusive: false, readers: 1)
        defer { store.close() }
        let unfinished = destination + ".unfinished"
        Self.clear(unfinished)
        guard unsafe mkdir(unfinished, 0o700) == 0 else {
            throw .directory(path: unfinished, reason: unsafe String(cString: strerror(errno)))
        }
        do {
            // A whole copy without free pages, in one read: what is written meanwhile is not in it, and waits for nobody.
            try store.pool.unsafeReentrantRead { db in
                try db.execute(sql: "VACUUM INTO ?", arguments: [unfinished + "/hydra.sqlite"])
            }
            _ = unsafe chmod(unfinished + "/hydra.sqlite", 0o600)
        } catch {
            Self.clear(unfinished)
            throw Store.explain(error, path: unfinished)
        }
        guard unsafe rename(unfinished, destination) == 0 else {
            throw .directory(path: destination, reason: unsafe String(cString: strerror(errno)))
        }
        guard unsafe stat(destination + "/hydra.sqlite", &status) == 0 else { return 0 }
        return Int64(status.st_size)
    }

    /// What an attempt that was cut off has left.
    private static func clear(_ directory: String) {
        for name in ["/hydra.sqlite", "/hydra.sqlite-journal"] { _ = unsafe unlink(directory + name) }
        _ = unsafe rmdir(directory)
    }
}
