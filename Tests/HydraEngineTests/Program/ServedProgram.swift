import Foundation
import JSON
import TestSupport

/// `hydra serve` on a directory of its own, spoken to as a web server does: with raw FastCGI records.
final class ServedProgram {
    let directory: TemporaryDirectory
    let key: String
    private let process = Process()

    /// - Parameter directory: of an earlier one that has ended, to serve it again.
    init(reopening directory: TemporaryDirectory? = nil) throws {
        self.directory = try directory ?? TemporaryDirectory()
        self.key = try Program.run("key", "create", "--data", self.directory.path).output
            .trimmingCharacters(in: .newlines)
        self.process.executableURL = Program.url
        self.process.arguments = [
            "serve", "--data", self.directory.path, "--listen", "unix:\(self.socket)", "--log", self.log,
        ]
        let starts = Self.starts(self.log)
        try self.process.run()
        try self.wait("the start") { Self.starts(self.log) > starts }
    }

    deinit {
        if self.process.isRunning { kill(self.process.processIdentifier, SIGKILL) }
        self.process.waitUntilExit()
    }

    /// How often a log says that a program serves.
    private static func starts(_ log: String) -> Int {
        let text = try? String(contentsOfFile: log, encoding: .utf8)
        return text?.split(separator: "\n").filter { $0.contains("hydra serves") }.count ?? 0
    }

    var socket: String { self.directory.file("s") }
    var log: String { self.directory.file("log") }

    /// Waits for something that comes soon; fails when it does not come.
    func wait(_ what: String, until condition: () -> Bool) throws {
        let deadline = Date.now.addingTimeInterval(20)
        while !condition() {
            guard Date.now < deadline, self.process.isRunning else { throw TestError("\(what) did not happen") }
            sched_yield()
        }
    }

    func signal(_ signal: Int32) {
        kill(self.process.processIdentifier, signal)
    }

    /// - Returns: the exit status.
    func end(_ signal: Int32) -> Int32 {
        self.signal(signal)
        self.process.waitUntilExit()
        return self.process.terminationStatus
    }

    func lines() throws -> [JSONValue] {
        let text = try String(contentsOfFile: self.log, encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONParser().parse(Array($0.utf8)).root }
    }

    func request(_ method: String, _ target: String, _ body: String = "", id: String = "trace-7") -> [UInt8] {
        FastCGIRecord.request(
            [
                ("REQUEST_METHOD", method), ("REQUEST_URI", target), ("CONTENT_LENGTH", "\(body.utf8.count)"),
                ("HTTP_AUTHORIZATION", "Basic " + base64("\(self.key):")), ("HTTP_X_REQUEST_ID", id),
            ],
            body: Array(body.utf8)
        )
    }

    func send(_ method: String, _ target: String, _ body: String = "", id: String = "trace-7") throws -> FastCGIAnswer {
        try FastCGIClient("unix:\(self.socket)").exchange(self.request(method, target, body, id: id))
    }
}
