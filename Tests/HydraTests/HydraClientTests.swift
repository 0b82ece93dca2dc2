import Foundation
import Hydra
import Logging
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct HydraClientTests {
    @Test(arguments: CallKind.allCases)
    func sendsExactlyTheCall(kind: CallKind) async throws {
        let hydra = try await HydraScript()
        let body = #"{"type":"track","messageId":"m-1","big":12345678901234567890.10,"text":"\u00e9\/é"}"#
        let answer = try await withClient { client in
            await client.send(makeCall(kind, body: body), to: hydra.endpoint)
        }
        #expect(answer == .done(status: 200))
        let request = try #require(hydra.requests.first)
        #expect(hydra.requests.count == 1)
        #expect(request.method == "POST")
        #expect(request.path == "/v1/\(kind.name)")
        #expect(request.query == "")
        #expect(request.text == body)
        // printf hk_test_secret: | base64
        #expect(request.header("Authorization") == "Basic aGtfdGVzdF9zZWNyZXQ6")
        #expect(request.header("Idempotency-Key") == "m-1")
        #expect(request.header("X-Request-Id") == "trace-1")
        #expect(request.header("User-Agent") == "hydra-gateway/1.2.3")
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.header("Accept") == "application/json")
        #expect(request.header("Content-Length") == "\(body.utf8.count)")
        #expect(request.header("Host") == "127.0.0.1:\(hydra.port)")
        #expect(request.headers("Transfer-Encoding").isEmpty)
        try await hydra.stop()
    }

    @Test func baseURLMayHaveAPath() async throws {
        let hydra = try await HydraScript()
        let endpoint = Endpoint(url: hydra.url + "/hydra/", apiKey: testKey)
        _ = try await withClient { await $0.send(makeCall(), to: endpoint) }
        #expect(hydra.requests.map(\.path) == ["/hydra/v1/track"])
        try await hydra.stop()
    }

    @Test(arguments: ["line\r\nX-Evil: 1", "ünïcode 😀", " blanks ", "nul\u{0}", String(repeating: "x", count: 1_024)])
    func oddMessageIdsAreSentSafely(messageId: String) async throws {
        let hydra = try await HydraScript()
        let answer = try await withClient { client in
            await client.send(makeCall(messageId: messageId, body: #"{"messageId":"m"}"#), to: hydra.endpoint)
        }
        #expect(answer == .done(status: 200))
        let request = try #require(hydra.requests.first)
        #expect(request.headers("X-Evil").isEmpty)
        #expect(request.header("Idempotency-Key")?.removingPercentEncoding == messageId)
        try await hydra.stop()
    }

    @Test func keepsItsConnectionAcrossErrorsWithBodies() async throws {
        let hydra = try await HydraScript { request in
            .error(
                [200, 400, 404, 422, 500, 503][request.body.count % 6],
                message: String(repeating: "x", count: 60_000)
            )
        }
        try await withClient { client in
            for length in 0..<24 {
                _ = await client.send(makeCall(body: String(repeating: " ", count: length)), to: hydra.endpoint)
            }
        }
        #expect(hydra.requests.count == 24)
        #expect(hydra.acceptedConnections == 1)
        try await hydra.stop()
    }

    @Test func opensNoMoreConnectionsThanConfigured() async throws {
        let gate = HydraScriptGate()
        let hydra = try await HydraScript { request in
            await gate.pass()
            return .taken(request)
        }
        // Waiting for a free connection counts as connecting: long enough for a busy machine.
        let configuration = configured {
            $0.connections = 3
            $0.connectTimeout = .seconds(60)
            $0.requestTimeout = .seconds(60)
        }
        try await withClient(configuration) { client in
            await withTaskGroup(of: Answer.self) { group in
                for index in 0..<12 {
                    group.addTask { await client.send(makeCall(messageId: "m-\(index)"), to: hydra.endpoint) }
                }
                await hydra.requests(3)
                gate.open()
                for await answer in group { #expect(answer == .done(status: 200)) }
            }
        }
        #expect(hydra.acceptedConnections <= 3)
        #expect(Set(hydra.requests.map { $0.header("Idempotency-Key") }).count == 12)
        try await hydra.stop()
    }

    @Test(
        arguments: [
            ("7", Duration.seconds(7)), ("0", .zero), ("-1", nil), ("1.5", nil), ("soon", nil), ("99999999", nil),
        ] as [(String, Duration?)]
    )
    func obeysRetryAfter(header: String, after: Duration?) async throws {
        let hydra = try await HydraScript { _ in .error(503, message: "full", headers: [("Retry-After", header)]) }
        let answer = try await withClient { await $0.send(makeCall(), to: hydra.endpoint) }
        #expect(answer == .retry(status: 503, reason: "http_503", message: "full", after: after))
        try await hydra.stop()
    }

    @Test func doesNotFollowRedirects() async throws {
        let hydra = try await HydraScript { request in
            request.path == "/elsewhere"
                ? .taken(request) : .answer(308, headers: [("Location", "/elsewhere?token=secret")])
        }
        let answer = try await withClient { await $0.send(makeCall(), to: hydra.endpoint) }
        #expect(answer.retryReason == "http_308")
        #expect(answer.message?.contains("set hydra.url") == true)
        #expect(answer.message?.contains("/elsewhere") == true)
        #expect(answer.message?.contains("secret") == false)
        #expect(hydra.requests.count == 1)
        try await hydra.stop()
    }

    @Test(arguments: [
        ("application/json", #"{"code":"trait_bad","message":"Line\none"}"#, "trait_bad", "Line one"),
        ("text/plain", #"{"code":"trait_bad","message":"as text"}"#, "trait_bad", "as text"),
        ("application/json", #"{"code":"not a word","message":"m"}"#, "http_422", "m"),
        ("application/json", #"{"code":7,"message":{"a":1}}"#, "http_422", "answered with 422 Unprocessable Entity"),
        ("application/json", #"{"message":"only"}"#, "http_422", "only"),
        ("application/json", #"["no object"]"#, "http_422", "answered with 422 Unprocessable Entity"),
        ("application/json", #"{"code":"cut"#, "http_422", "answered with 422 Unprocessable Entity"),
        ("application/json", "", "http_422", "answered with 422 Unprocessable Entity"),
        ("text/html", "<h1>No\r\n way</h1>", "http_422", "answered with 422 Unprocessable Entity: <h1>No way</h1>"),
    ])
    func tellsWhyHydraRefused(type: String, body: String, code: String, message: String) async throws {
        let hydra = try await HydraScript { _ in .answer(422, headers: [("Content-Type", type)], body: body) }
        let answer = try await withClient { await $0.send(makeCall(), to: hydra.endpoint) }
        #expect(answer == .refused(status: 422, code: code, message: message))
        try await hydra.stop()
    }

    @Test func logsNeitherKeysNorBodies() async throws {
        let log = LineLog()
        var logger = Logger(label: "test", factory: { _ in log })
        logger.logLevel = .trace
        let hydra = try await HydraScript { request in
            request.path == "/v1/batch" ? .error(400, message: "private words") : .taken(request)
        }
        try await withClient(logger: logger) { client in
            let body = #"{"messageId":"m-secret-id","traits":{"email":"a@b.c"}}"#
            let call = makeCall(messageId: "m-secret-id", body: body)
            _ = await client.send(call, to: hydra.endpoint)
            _ = await client.send(batch: [call, call], to: hydra.endpoint)
            _ = await client.send(call, to: Endpoint(url: "http://127.0.0.1:1", apiKey: testKey))
        }
        let text = log.text
        #expect(text.contains("one by one"))
        for secret in ["hk_test_secret", "aGtfdGVzdF9zZWNyZXQ6", "a@b.c", "m-secret-id", "private words"] {
            #expect(!text.contains(secret))
        }
        try await hydra.stop()
    }

    @Test func answersAfterShutdownToo() async throws {
        let hydra = try await HydraScript()
        let client = try HydraClient(
            configuration: .init(version: "1"),
            logger: Logger(label: "t", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        #expect(await client.send(makeCall(), to: hydra.endpoint) == .done(status: 200))
        await client.shutdown()
        await client.shutdown()
        #expect(await client.send(makeCall(), to: hydra.endpoint).retryReason == "shut_down")
        #expect(await client.send(batch: [makeCall()], to: hydra.endpoint).map(\.retryReason) == ["shut_down"])
        try await hydra.stop()
    }
}

/// Keeps everything that is logged, metadata included.
private final class LineLog: LogHandler, Sendable {
    private let lines = Mutex<[String]>([])
    var text: String { self.lines.withLock { $0.joined(separator: "\n") } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    func log(event: LogEvent) {
        self.lines.withLock {
            $0.append("\(event.message) \(event.metadata ?? [:]) \(String(describing: event.error))")
        }
    }
}
