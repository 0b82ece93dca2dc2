import Hydra
import TestSupport
import Testing

/// What happens when the network, or whatever stands at the address, misbehaves: always an answer, always in time.
@Suite(.timeLimit(.minutes(2)))
struct HydraClientFaultTests {
    /// Gives up soon when Hydra is silent; otherwise patient, so that a busy machine is not taken for a fault.
    private static let impatientReader = configured {
        $0.readTimeout = .milliseconds(300)
        $0.requestTimeout = .seconds(60)
    }

    /// Gives up soon when the whole takes too long.
    private static let impatient = configured {
        $0.connectTimeout = .seconds(30)
        $0.readTimeout = .seconds(60)
        $0.requestTimeout = .seconds(1)
    }

    private static let patient = configured {
        $0.connectTimeout = .seconds(30)
        $0.readTimeout = .seconds(60)
        $0.requestTimeout = .seconds(60)
    }

    @Test func refusedConnection() async throws {
        let hydra = try await HydraScript()
        try await hydra.stop()
        let answer = try await withClient { await $0.send(makeCall(), to: hydra.endpoint) }
        #expect(answer.retryReason == "connect_refused")
        #expect(answer.message == "connection refused")
    }

    @Test func comesBackAfterARestart() async throws {
        let first = try await HydraScript()
        try await withClient { client in
            #expect(await client.send(makeCall(), to: first.endpoint) == .done(status: 200))
            try await first.stop()
            #expect(await client.send(makeCall(), to: first.endpoint).retryReason != nil)
            let second = try await HydraScript(port: first.port)
            #expect(await client.send(makeCall(), to: second.endpoint) == .done(status: 200))
            try await second.stop()
        }
    }

    @Test func unknownHost() async throws {
        let endpoint = Endpoint(url: "http://hydra.invalid", apiKey: testKey)
        let answer = try await withClient { await $0.send(makeCall(), to: endpoint) }
        // A resolver that does not answer at all is a connection that takes too long.
        #expect(["dns", "connect_timeout"].contains(answer.retryReason))
    }

    @Test(arguments: ["", "not a url", "127.0.0.1:80", "ftp://127.0.0.1", "http://"])
    func unusableURL(url: String) async throws {
        let answer = try await withClient { await $0.send(makeCall(), to: Endpoint(url: url, apiKey: testKey)) }
        #expect(answer.retryReason == "bad_url", "\(answer)")
    }

    @Test(arguments: [
        ("closed without an answer", HydraScriptReaction.close, ["connection_closed"]),
        (
            "half a body, then closed", .half(200, body: #"{"code":"accepted","messageId":"m-1"}"#),
            ["connection_closed"]
        ),
        ("half an error, then closed", .half(400, body: #"{"code":"bad","message":"m"}"#), ["connection_closed"]),
        (
            "half a head, then closed", .bytesAndClose("HTTP/1.1 200 OK\r\nContent-Le"),
            ["connection_closed", "bad_answer"]
        ),
        ("garbage", .bytes("\u{16}\u{3}\u{1} garbage\r\n\r\n"), ["bad_answer"]),
        ("another protocol", .bytesAndClose("SSH-2.0-OpenSSH_9.2p1\r\n"), ["bad_answer"]),
        ("a broken chunk", .bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), ["bad_answer"]),
    ])
    func brokenAnswerIsRetried(what: String, reaction: HydraScriptReaction, reasons: [String]) async throws {
        try await self.check(reaction, reasons: reasons, configuration: Self.patient)
    }

    @Test(arguments: [
        ("no answer", HydraScriptReaction.hang),
        ("half a head", .bytes("HTTP/1.1 200 OK\r\nContent-Le")),
        ("half a body", .stall(200, body: #"{"code":"accepted","messageId":"m-1"}"#)),
        ("half an error", .stall(400, body: #"{"code":"bad","message":"m"}"#)),
    ])
    func silenceIsRetried(what: String, reaction: HydraScriptReaction) async throws {
        try await self.check(reaction, reasons: ["read_timeout"], configuration: Self.impatientReader)
    }

    @Test(arguments: [
        ("no answer", HydraScriptReaction.hang),
        ("a body that never ends", .trickle(200, every: .milliseconds(50))),
        ("an error that never ends", .trickle(500, every: .milliseconds(50))),
    ])
    func slownessIsRetried(what: String, reaction: HydraScriptReaction) async throws {
        try await self.check(reaction, reasons: ["deadline"], configuration: Self.impatient)
    }

    /// Sends into a fault, and again when it is over.
    private func check(
        _ reaction: HydraScriptReaction,
        reasons: [String],
        configuration: HydraClientConfiguration
    ) async throws {
        let hydra = try await HydraScript { _ in reaction }
        try await withClient(configuration) { client in
            let answer = await client.send(makeCall(), to: hydra.endpoint)
            #expect(reasons.contains(answer.retryReason ?? ""), "\(answer)")
            // The next call is not harmed by what is left of this one. (A busy machine may need more than one.)
            hydra.react { .taken($0) }
            var next = await client.send(makeCall(), to: hydra.endpoint)
            for _ in 0..<100 where ["read_timeout", "deadline"].contains(next.retryReason) {
                next = await client.send(makeCall(), to: hydra.endpoint)
            }
            #expect(next == .done(status: 200))
        }
        try await hydra.stop()
    }

    @Test(arguments: [
        (200, Answer.done(status: 200)),
        (422, .refused(status: 422, code: "http_422", message: "answered with 422 Unprocessable Entity")),
        (503, .retry(status: 503, reason: "http_503", message: "answered with 503 Service Unavailable", after: nil)),
    ])
    func tooLongABodyLeavesTheStatus(status: Int, expected: Answer) async throws {
        let long = String(repeating: "x", count: 65_537)
        let announced = try await HydraScript { _ in .answer(status, body: long) }
        let chunked = try await HydraScript { _ in
            .bytes("HTTP/1.1 \(status) X\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n\(long)\r\n")
        }
        try await withClient(Self.patient) { client in
            #expect(await client.send(makeCall(), to: announced.endpoint) == expected)
            #expect(await client.send(makeCall(), to: chunked.endpoint) == expected)
        }
        try await announced.stop()
        try await chunked.stop()
    }

    /// A login page or somebody's site says 200 to everything; taken for Hydra's, it would swallow every call.
    @Test(arguments: [
        ("200 OK", "text/html; charset=utf-8", "not_hydra"), ("201 Created", "Application/XHTML+XML", "not_hydra"),
        ("409 Conflict", "text/html", "not_hydra"), ("200 OK", "text/plain", nil), ("200 OK", nil, nil),
        ("503 Service Unavailable", "text/html", "http_503"),
    ])
    func aPageIsNotTakenForAnAnswer(status: String, type: String?, reason: String?) async throws {
        let page = "<!doctype html>\n<title>Sign in</title>"
        let header = type.map { "Content-Type: \($0)\r\n" } ?? ""
        let hydra = try await HydraScript { _ in
            .bytes("HTTP/1.1 \(status)\r\n\(header)Content-Length: \(page.utf8.count)\r\n\r\n\(page)")
        }
        try await withClient(Self.patient) { client in
            let answer = await client.send(makeCall(), to: hydra.endpoint)
            #expect(answer.retryReason == reason)
            if let reason {
                #expect(answer.message?.contains("<title>Sign in</title>") == true)
                #expect(answer.message?.hasSuffix("see what stands at hydra.url") == (reason == "not_hydra"))
            } else {
                #expect(answer == .done(status: 200))
            }
        }
        try await hydra.stop()
    }

    @Test func silentClosingBetweenCallsIsNoticed() async throws {
        let hydra = try await HydraScript { _ in .bytesAndClose("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") }
        try await withClient(Self.patient) { client in
            for _ in 0..<5 {
                let answer = await client.send(makeCall(), to: hydra.endpoint)
                // A call may meet the connection just as it is closed.
                #expect(answer == .done(status: 200) || answer.retryReason == "connection_closed")
            }
        }
        try await hydra.stop()
    }

    @Test func cancelledCallIsAnswered() async throws {
        let hydra = try await HydraScript { _ in .hang }
        try await withClient { client in
            let task = Task { await client.send(makeCall(), to: hydra.endpoint) }
            await hydra.requests(1)
            task.cancel()
            #expect(await task.value.retryReason == "cancelled")
        }
        try await hydra.stop()
    }

    @Test func cancelledBodyIsNotTakenForAWholeOne() async throws {
        let hydra = try await HydraScript { _ in .stall(200, body: #"{"code":"accepted","messageId":"m-1"}"#) }
        try await withClient { client in
            let task = Task { await client.send(makeCall(), to: hydra.endpoint) }
            await hydra.requests(1)
            task.cancel()
            #expect(await task.value.retryReason == "cancelled")
        }
        try await hydra.stop()
    }

    @Test func allConnectionsBusy() async throws {
        let hydra = try await HydraScript()
        let configuration = configured {
            $0.connections = 1
            $0.connectTimeout = .milliseconds(200)
            $0.readTimeout = .seconds(60)
            $0.requestTimeout = .seconds(60)
        }
        try await withClient(configuration) { client in
            // The one connection, which a busy machine may not make in time.
            for _ in 0..<100 where await client.send(makeCall(), to: hydra.endpoint) == .done(status: 200) { break }
            hydra.react { _ in .hang }
            let before = hydra.requests.count
            let first = Task { await client.send(makeCall(), to: hydra.endpoint) }
            await hydra.requests(before + 1)
            let second = await client.send(makeCall(messageId: "m-2"), to: hydra.endpoint)
            #expect(["pool_exhausted", "connect_timeout"].contains(second.retryReason))
            first.cancel()
            _ = await first.value
        }
        try await hydra.stop()
    }
}
