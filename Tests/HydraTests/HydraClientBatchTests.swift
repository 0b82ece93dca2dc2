import Hydra
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct HydraClientBatchTests {
    private static func calls(_ count: Int) -> [Call] {
        (0..<count).map { makeCall($0 % 2 == 0 ? .identify : .track, messageId: "m-\($0)", traceId: "t-\($0)") }
    }

    @Test func sendsExactlyTheCalls() async throws {
        let hydra = try await HydraScript()
        let calls = Self.calls(3)
        let answers = try await withClient { await $0.send(batch: calls, to: hydra.endpoint) }
        #expect(answers == Array(repeating: .done(status: 200), count: 3))
        let request = try #require(hydra.requests.first)
        #expect(hydra.requests.count == 1)
        #expect(request.method == "POST")
        #expect(request.path == "/v1/batch")
        let bodies = calls.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(request.text == #"{"batch":["# + bodies.joined(separator: ",") + "]}")
        #expect(request.header("Authorization") == "Basic aGtfdGVzdF9zZWNyZXQ6")
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.header("User-Agent") == "hydra-gateway/1.2.3")
        #expect(request.header("X-Request-Id") == "t-0")
        #expect(request.headers("Idempotency-Key").isEmpty)
        try await hydra.stop()
    }

    @Test func sendsNothingForNoCalls() async throws {
        let hydra = try await HydraScript()
        let answers = try await withClient { await $0.send(batch: [], to: hydra.endpoint) }
        #expect(answers.isEmpty)
        #expect(hydra.requests.isEmpty)
        try await hydra.stop()
    }

    @Test func answersForEachCall() async throws {
        let statuses = [200, 409, 422, 401, 503, 404, 301, 202]
        let hydra = try await HydraScript { request in
            let calls = request.calls.map { $0.messageId ?? "" }
            let results = zip(calls, statuses).map {
                #"{"messageId":"\#($0)","status":\#($1),"code":"c_\#($1)","message":"m \#($1)"}"#
            }
            return .answer(
                200,
                headers: [("Retry-After", "9")],
                body: #"{"results":[\#(results.joined(separator: ","))]}"#
            )
        }
        let answers = try await withClient { await $0.send(batch: Self.calls(8), to: hydra.endpoint) }
        #expect(
            answers == [
                .done(status: 200), .done(status: 409), .refused(status: 422, code: "c_422", message: "m 422"),
                .unauthorized(status: 401, message: "m 401"),
                .retry(status: 503, reason: "http_503", message: "m 503", after: .seconds(9)),
                .refused(status: 404, code: "c_404", message: "m 404"),
                .retry(status: 301, reason: "http_301", message: "m 301", after: .seconds(9)), .done(status: 202),
            ]
        )
        try await hydra.stop()
    }

    @Test(arguments: [
        #"{"results":[{"status":200},{"status":200}]}"#,
        #"{"results":[{"status":200,"messageId":null},{"status":200,"messageId":"m-1","more":[1]}],"more":1}"#,
    ])
    func membersThatAreNotNeededMayBeAbsent(body: String) async throws {
        let hydra = try await HydraScript { _ in .answer(200, body: body) }
        let answers = try await withClient { await $0.send(batch: Self.calls(2), to: hydra.endpoint) }
        #expect(answers == [.done(status: 200), .done(status: 200)])
        try await hydra.stop()
    }

    @Test(arguments: [
        ("", "no body"),
        ("{", "not JSON"),
        ("[]", "no array"),
        ("{}", "no array"),
        (#"{"results":{}}"#, "no array"),
        (#"{"results":[]}"#, "0 results"),
        (#"{"results":[{"status":200}]}"#, "1 results"),
        (#"{"results":[{"status":200},{"status":200},{"status":200}]}"#, "3 results"),
        (#"{"results":[{"status":200},{}]}"#, "without a status, at 1"),
        (#"{"results":[{"status":"200"},{"status":200}]}"#, "without a status, at 0"),
        (#"{"results":[{"status":200.5},{"status":200}]}"#, "without a status, at 0"),
        (#"{"results":[{"status":99999999999999999999},{"status":200}]}"#, "without a status, at 0"),
        (#"{"results":[{"status":200},{"status":1}]}"#, "without a status, at 1"),
        (#"{"results":[{"status":200},200]}"#, "without a status, at 1"),
        (
            #"{"results":[{"status":200,"messageId":"m-1"},{"status":422,"messageId":"m-0"}]}"#,
            "another message id at 0"
        ),
    ])
    func doubtfulAnswerMeansAllAgain(body: String, words: String) async throws {
        let hydra = try await HydraScript { _ in .answer(200, body: body) }
        let answers = try await withClient { await $0.send(batch: Self.calls(2), to: hydra.endpoint) }
        #expect(answers.map(\.retryReason) == ["bad_batch_answer", "bad_batch_answer"])
        #expect(answers.first?.message?.contains(words) == true, "\(answers)")
        #expect(hydra.requests.count == 1)
        try await hydra.stop()
    }

    @Test(arguments: [404, 405, 501])
    func endpointWithoutBatchLosesNothing(status: Int) async throws {
        let hydra = try await HydraScript { _ in .error(status, code: "not_found", message: "no") }
        let answers = try await withClient { await $0.send(batch: Self.calls(2), to: hydra.endpoint) }
        let expected = Answer.retry(
            status: status,
            reason: "no_batch",
            message: "the endpoint does not offer /v1/batch: set delivery.batch: false",
            after: nil
        )
        #expect(answers == [expected, expected])
        try await hydra.stop()
    }

    @Test(arguments: [
        (401, Answer.unauthorized(status: 401, message: "m")),
        (403, .unauthorized(status: 403, message: "m")),
        (429, .retry(status: 429, reason: "http_429", message: "m", after: .seconds(3))),
        (503, .retry(status: 503, reason: "http_503", message: "m", after: .seconds(3))),
        (302, .retry(status: 302, reason: "http_302", message: "m", after: .seconds(3))),
    ])
    func wholeAnswerIsEachCalls(status: Int, expected: Answer) async throws {
        let hydra = try await HydraScript { _ in .error(status, message: "m", headers: [("Retry-After", "3")]) }
        let answers = try await withClient { await $0.send(batch: Self.calls(2), to: hydra.endpoint) }
        #expect(answers == [expected, expected])
        #expect(hydra.requests.count == 1)
        try await hydra.stop()
    }

    @Test func conflictOfTheWholeBatchIsDoubt() async throws {
        let hydra = try await HydraScript { _ in .error(409) }
        let answers = try await withClient { await $0.send(batch: Self.calls(2), to: hydra.endpoint) }
        #expect(answers.map(\.retryReason) == ["bad_batch_answer", "bad_batch_answer"])
        try await hydra.stop()
    }

    @Test(arguments: [400, 413, 422])
    func oneBadCallDoesNotTakeTheOthersAlong(status: Int) async throws {
        let hydra = try await HydraScript { request in
            request.calls.contains { $0.messageId == "m-11" }
                ? .error(status, code: "bad_call", message: "not this one") : .taken(request)
        }
        let answers = try await withClient { await $0.send(batch: Self.calls(16), to: hydra.endpoint) }
        for (index, answer) in answers.enumerated() {
            #expect(
                answer
                    == (index == 11
                        ? .refused(status: status, code: "bad_call", message: "not this one") : .done(status: 200))
            )
        }
        #expect(answers.count == 16)
        // All together, and each once more.
        #expect(hydra.requests.count == 17)
        try await hydra.stop()
    }

    @Test func aRefusedBatchIsAskedOnceMore() async throws {
        let hydra = try await HydraScript { _ in .error(400, code: "bad_call", message: "none of them") }
        let answers = try await withClient { await $0.send(batch: Self.calls(100), to: hydra.endpoint) }
        #expect(
            answers == Array(repeating: .refused(status: 400, code: "bad_call", message: "none of them"), count: 100)
        )
        #expect(hydra.requests.count == 101)
        try await hydra.stop()
    }

    @Test func anAnswerThatIsNotAboutTheCallEndsTheAsking() async throws {
        let hydra = try await HydraScript { request in
            request.path == "/v1/batch" ? .error(413) : .error(429, message: "m", headers: [("Retry-After", "3")])
        }
        let answers = try await withClient { await $0.send(batch: Self.calls(50), to: hydra.endpoint) }
        #expect(answers.count == 50 && Set(answers.map(\.retryReason)).count == 1)
        #expect(hydra.requests.count == 2)
        try await hydra.stop()
    }

    @Test func longBatchesAreCut() async throws {
        let hydra = try await HydraScript()
        let calls = Self.calls(1_201)
        let answers = try await withClient { await $0.send(batch: calls, to: hydra.endpoint) }
        #expect(answers == Array(repeating: .done(status: 200), count: 1_201))
        #expect(hydra.requests.map(\.calls.count) == [500, 500, 201])
        #expect(hydra.calls.map(\.messageId) == calls.map(\.messageId))
        try await hydra.stop()
    }

    @Test func largeBatchesAreCut() async throws {
        let hydra = try await HydraScript()
        let calls = (0..<5).map { makeCall(messageId: "m-\($0)", body: #"{"messageId":"m-\#($0)","x":"0123456789"}"#) }
        let length = calls[0].body.count
        let answers = try await withClient(configured { $0.maximumBatchBytes = 2 * length + 2 }) {
            await $0.send(batch: calls, to: hydra.endpoint)
        }
        #expect(answers.count == 5)
        #expect(hydra.requests.map(\.calls.count) == [2, 2, 1])
        let alone = try await withClient(configured { $0.maximumBatchBytes = 1 }) {
            await $0.send(batch: calls, to: hydra.endpoint)
        }
        #expect(alone == Array(repeating: .done(status: 200), count: 5))
        try await hydra.stop()
    }

    @Test func unreachableHydraAnswersForEach() async throws {
        let hydra = try await HydraScript()
        try await hydra.stop()
        let answers = try await withClient { await $0.send(batch: Self.calls(3), to: hydra.endpoint) }
        #expect(answers.map(\.retryReason) == Array(repeating: "connect_refused", count: 3))
    }

    @Test func longAnswerOfALongBatchIsRead() async throws {
        let hydra = try await HydraScript { request in
            let results = request.calls.map {
                #"{"messageId":"\#($0.messageId ?? "")","status":422,"code":"c","message":"\#(String(repeating: "x", count: 1_000))"}"#
            }
            return .answer(200, body: #"{"results":[\#(results.joined(separator: ","))]}"#)
        }
        let answers = try await withClient { await $0.send(batch: Self.calls(500), to: hydra.endpoint) }
        for answer in answers {
            guard case .refused(422, "c", _) = answer else {
                Issue.record("\(answer)")
                continue
            }
        }
        #expect(answers.count == 500)
        try await hydra.stop()
    }
}
