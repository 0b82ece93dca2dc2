import FastCGI
import Glibc
import Logging
import Synchronization
import TestSupport

/// A started responder on a Unix socket in a directory of its own; stopped when the last reference goes.
final class Fixture: Sendable {
    let directory: TemporaryDirectory
    let responder: Responder
    let log: LogRecorder

    init(
        _ options: ResponderOptions = ResponderOptions(),
        listeners: [ListenAddress] = [],
        handler: @escaping @Sendable (Request, Reply) -> Void = Fixture.echo
    ) throws {
        let directory = try TemporaryDirectory()
        let log = LogRecorder()
        let unix = ListenAddress.unix(path: directory.file("s"), mode: 0o600, owner: nil, group: nil)
        self.directory = directory
        self.log = log
        self.responder = try Responder(
            listeners: listeners.isEmpty ? [unix] : listeners,
            options: options,
            logger: log.logger,
            handler: handler
        )
        try self.responder.start()
    }

    deinit {
        self.responder.stop(within: .seconds(5))
    }

    func connect() throws -> FastCGIClient {
        try FastCGIClient(self.responder.addresses[0])
    }

    /// Answers with what was asked: method, path, and the body's length and sum.
    static func echo(_ request: Request, _ reply: Reply) {
        let sum = request.body.reduce(0) { ($0 &* 31 &+ UInt64($1)) }
        let text = """
            \(request["REQUEST_METHOD"] ?? "-") \(request["DOCUMENT_URI"] ?? "-") \(request.body.count) \(sum)\
            \(request.bodyExceedsLimit ? " long" : "")
            """
        reply.send(Response(status: 200, headers: [("Content-Type", "text/plain")], body: Array(text.utf8)))
    }

    /// What ``echo(_:_:)`` answers to a request with this body.
    static func echoed(_ body: [UInt8]) -> String {
        let sum = body.reduce(0) { ($0 &* 31 &+ UInt64($1)) }
        return "POST /v1/track \(body.count) \(sum)"
    }
}

/// Whether a file of any kind stands at the path.
func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
}

/// Waits until something holds that only time brings: looks again every millisecond, for at most 20 s.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<20_000 {
        if try condition() { return true }
        usleep(1_000)
    }
    return false
}

/// Waits on a thread of the test's own, not on one of Swift concurrency. One value, once.
final class Promise<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func fulfil(_ value: Value) {
        self.value.withLock { $0 = value }
    }

    func wait() throws -> Value {
        _ = eventually { self.value.withLock { $0 != nil } }
        guard let value = self.value.withLock({ $0 }) else { throw TestError("nothing came") }
        return value
    }
}
