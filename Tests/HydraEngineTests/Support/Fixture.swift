import HydraEngine
import JSON
import TestSupport

/// An engine on a directory of its own, and its API without a network.
final class Fixture: Sendable {
    let directory: TemporaryDirectory
    let engine: Engine
    let api: HydraAPI
    let observer = RecordingObserver()
    /// A key of the account `default`.
    let key: String

    /// - Parameter directory: of an earlier fixture that was closed, to open it again.
    /// The background works when ``settle()`` has it work, and only then.
    init(reopening directory: TemporaryDirectory? = nil, options: EngineOptions = EngineOptions()) throws {
        self.directory = try directory ?? TemporaryDirectory()
        var options = options
        options.isWorkingInBackground = false
        self.engine = try Engine(directory: self.directory.path, options: options)
        self.api = HydraAPI(engine: self.engine, observer: self.observer)
        self.key = try Self.makeKey(self.directory, account: "default")
    }

    deinit {
        self.engine.close()
    }

    /// Has the background do all it has to do.
    func settle() throws {
        try self.engine.settle()
    }

    func makeKey(account: String) throws -> String {
        try Self.makeKey(self.directory, account: account)
    }

    private static func makeKey(_ directory: TemporaryDirectory, account: String) throws -> String {
        let keys = try KeyStore(directory: directory.path)
        defer { keys.close() }
        return try keys.create(account: account, name: "test").secret.value
    }

    /// - Parameter target: path and query.
    @discardableResult
    func send(
        _ method: String,
        _ target: String,
        _ body: String = "",
        key: String?,
        idempotencyKey: String? = nil
    ) async -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1)
        let request = APIRequest(
            method: method,
            path: String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : "",
            authorization: key.map { "Basic " + base64("\($0):") },
            idempotencyKey: idempotencyKey,
            requestID: "trace-1",
            body: Array(body.utf8)
        )
        return await withCheckedContinuation { continuation in
            self.api.answer(request) { continuation.resume(returning: Answer($0)) }
        }
    }

    /// With the key of the account `default`.
    @discardableResult
    func send(_ method: String, _ target: String, _ body: String = "") async -> Answer {
        await self.send(method, target, body, key: self.key)
    }

    func get(_ target: String) async -> Answer {
        await self.send("GET", target)
    }

    /// Sends calls one by one; each must be taken.
    func take(_ calls: TestCall..., key: String? = nil) async throws {
        try await self.take(calls, key: key)
    }

    func take(_ calls: [TestCall], key: String? = nil) async throws {
        for call in calls {
            let answer = await self.send("POST", call.path, call.json, key: key ?? self.key)
            guard answer.status == 200 else { throw TestError("\(call.json): \(answer.status) \(answer.text)") }
        }
    }

    /// Sends calls in one batch: one transaction. Each must be taken.
    func takeTogether(_ calls: [TestCall], key: String? = nil) async throws {
        let body = #"{"batch":[\#(calls.map(\.json).joined(separator: ","))]}"#
        let answer = await self.send("POST", "/v1/batch", body, key: key ?? self.key)
        let statuses = answer.root?["results"]?.elements.compactMap { $0["status"]?.int64 } ?? []
        guard answer.status == 200, statuses.count == calls.count, statuses.allSatisfy({ $0 == 200 }) else {
            throw TestError("\(body): \(answer.status) \(answer.text)")
        }
    }
}

extension Fixture {
    /// What a JSON text between quotes means.
    static func decoded(_ escaped: String) throws -> String? {
        try JSONParser().parse(Array(#""\#(escaped)""#.utf8)).root.string
    }
}
