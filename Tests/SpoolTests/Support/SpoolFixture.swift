import Glibc
import Logging
import Synchronization
import TestSupport

@testable import Spool

/// A directory of its own for a test, with the spools that were opened in it; all of it goes away with the fixture.
final class SpoolFixture: Sendable {
    /// What stands above the spool's directory.
    let root: String

    /// The clock of every spool of the fixture, in milliseconds since 1970 UTC.
    let now: Atomic<Int64>

    /// What the spools logged.
    let log = RecordedLog()

    private let opened = Mutex<[SQLiteSpool]>([])

    /// - Parameter root: a directory to work in; nil makes one.
    init(root: String? = nil) throws {
        if let root {
            self.root = root
        } else {
            var template = Array("/tmp/spool-test-XXXXXX".utf8CString)
            guard unsafe mkdtemp(&template) != nil else { throw FixtureError.system(errno) }
            self.root = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        self.now = Atomic(1_767_225_600_000)
    }

    deinit {
        for spool in self.opened.withLock({ $0 }) { spool.close() }
        removeTree(self.root)
    }

    var directory: String { "\(self.root)/spool" }

    var database: String { "\(self.directory)/spool.sqlite" }

    func configuration(_ change: (inout SQLiteSpoolConfiguration) -> Void = { _ in }) -> SQLiteSpoolConfiguration {
        var configuration = SQLiteSpoolConfiguration(directory: self.directory)
        configuration.minimumFreeBytes = 0
        configuration.clock = { [weak self] in self?.now.load(ordering: .relaxed) ?? 0 }
        change(&configuration)
        return configuration
    }

    /// Opens a spool on the fixture's directory; it is closed with the fixture at the latest.
    func open(_ change: (inout SQLiteSpoolConfiguration) -> Void = { _ in }) throws(SpoolError) -> SQLiteSpool {
        let log = self.log
        let logger = Logger(label: "spool") { _ in RecordedLog.Handler(log: log) }
        let spool = try SQLiteSpool(configuration: self.configuration(change), logger: logger)
        self.opened.withLock { $0.append(spool) }
        return spool
    }

    func passTime(milliseconds: Int64) {
        self.now.add(milliseconds, ordering: .relaxed)
    }

    /// The names of the files in the spool's directory, ordered.
    var files: [String] { listDirectory(self.directory) }
}

enum FixtureError: Error {
    case system(Int32)
}

func listDirectory(_ path: String) -> [String] {
    guard let directory = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
            unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

func removeTree(_ path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
        for name in listDirectory(path) { removeTree("\(path)/\(name)") }
        unsafe rmdir(path)
    } else {
        unsafe unlink(path)
    }
}

func readFile(_ path: String) -> [UInt8] {
    let descriptor = unsafe Glibc.open(path, O_RDONLY)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = unsafe read(descriptor, &piece, piece.count)
        guard count > 0 else { return bytes }
        bytes += piece[..<count]
    }
}

func writeFile(_ path: String, _ bytes: [UInt8]) {
    let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o640)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
        let count = unsafe bytes[written...].withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        written += count
    }
}
