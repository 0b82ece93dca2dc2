import FastCGI
import Glibc
import Logging
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ReplyTests {
    @Test func answersLaterFromAnotherThread() throws {
        let replies = Mutex<[Reply]>([])
        var options = ResponderOptions()
        options.workers = 1
        let fixture = try Fixture(options) { _, reply in replies.withLock { $0.append(reply) } }
        let clients = try (0..<50).map { _ in try fixture.connect() }
        // All are handed on by one worker before any is answered.
        for client in clients { try client.send(FastCGIRecord.request()) }
        #expect(eventually { fixture.responder.figures.active == 50 })
        for (index, reply) in replies.withLock({ exchange(&$0, with: []) }).reversed().enumerated() {
            reply.send(Response(status: 200 + index % 2))
        }
        for client in clients { #expect(try [200, 201].contains(client.answer().status)) }
        #expect(eventually { fixture.responder.figures.idle == 50 })
        #expect(fixture.responder.figures.active == 0)
    }

    @Test func takesTheFirstAnswerOnly() throws {
        let fixture = try Fixture { _, reply in
            reply.send(Response(status: 201))
            reply.send(Response(status: 500))
        }
        let client = try fixture.connect()
        #expect(try client.exchange(FastCGIRecord.request()).status == 201)
        #expect(try client.exchange(FastCGIRecord.request()).status == 201)
        #expect(eventually { fixture.responder.figures.repeatedReplies == 2 })
        #expect(fixture.responder.figures.answers == 2)
        #expect(fixture.log.all.contains { $0.level == .error && $0.message.contains("twice") })
    }

    @Test func answersForAHandlerThatDoesNot() throws {
        let fixture = try Fixture { _, _ in }
        let client = try fixture.connect()
        for _ in 0..<2 {
            let answer = try client.exchange(FastCGIRecord.request([("HTTP_X_REQUEST_ID", "trace-1")], body: [1]))
            #expect(answer.headers.first == "Status: 500 Internal Server Error")
            #expect(answer.header("Content-Type") == "application/json")
            let message = "The request was not answered because of an internal error. Send it again."
            let members = #""success":false,"code":"internal_error","message":"\#(message)","error":"\#(message)""#
            #expect(answer.text == "{\(members)}")
        }
        #expect(fixture.responder.figures.unanswered == 2)
        let line = fixture.log.all.first { $0.level == .error }
        #expect(line?.metadata["trace.id"] == "trace-1")
    }

    @Test func sendsHeadersInOrderAndDropsUnsafeOnes() throws {
        let fixture = try Fixture { _, reply in
            reply.send(
                Response(
                    status: 200,
                    headers: [
                        ("X-One", "1"), ("X-Split", "a\r\nSet-Cookie: b"), ("X-Line", "a\nb"), ("X-Nul", "a\0b"),
                        ("X Space", "a"), ("", "a"), ("X:Colon", "a"), ("status", "200 Other"), ("X-Two", "ü \t2"),
                        ("Content-Length", "2"),
                    ],
                    body: [65, 66]
                )
            )
        }
        let answer = try fixture.connect().exchange(FastCGIRecord.request())
        #expect(answer.headers == ["Status: 200 OK", "X-One: 1", "X-Two: ü \t2", "Content-Length: 2"])
        #expect(answer.body == [65, 66])
        #expect(fixture.responder.figures.droppedHeaders == 7)
    }

    @Test(arguments: [100, 900, 1_000, 1_023, 1_024, 1_025, 5_000, 20_000])
    func sendsHeadersOfAllLengths(count: Int) throws {
        let long = String(repeating: "v", count: count)
        let fixture = try Fixture { _, reply in
            reply.send(Response(status: 200, headers: [("X-One", "1"), ("X-Long", long), ("X-Two", "2")], body: [65]))
        }
        let answer = try fixture.connect().exchange(FastCGIRecord.request())
        #expect(
            answer.headers == ["Status: 200 OK", "X-One: 1", "X-Long: \(long)", "X-Two: 2", "Content-Length: 1"]
        )
        #expect(answer.body == [65])
    }

    @Test(arguments: [
        (200, "200 OK"), (204, "204 No Content"), (299, "299 Success"), (399, "399 Redirection"),
        (418, "418 Client Error"), (429, "429 Too Many Requests"), (599, "599 Server Error"),
        (99, "500 Internal Server Error"), (100, "500 Internal Server Error"), (600, "500 Internal Server Error"),
        (-1, "500 Internal Server Error"), (Int.max, "500 Internal Server Error"),
    ])
    func alwaysGivesAReason(status: Int, line: String) throws {
        let fixture = try Fixture { _, reply in reply.send(Response(status: status)) }
        #expect(try fixture.connect().exchange(FastCGIRecord.request()).headers.first == "Status: \(line)")
    }

    @Test(arguments: [0, 1, 8_100, 8_184, 8_192, 31_000, 40_000, 1 << 20, 5 << 20])
    func sendsBodiesOfAllSizes(count: Int) throws {
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
        let fixture = try Fixture { _, reply in reply.send(Response(status: 200, body: body)) }
        let client = try fixture.connect()
        for _ in 0..<3 {
            let answer = try client.exchange(FastCGIRecord.request())
            #expect(answer.header("Content-Length") == "\(count)")
            #expect(answer.body == body)
        }
        #expect(eventually { fixture.responder.figures.idle == 1 })
    }

    /// The thread that answers goes on at once, however slowly the peer reads.
    @Test func doesNotWaitForAPeerThatDoesNotRead() throws {
        let body = [UInt8](repeating: 7, count: 4 << 20)
        let done = Atomic<Int>(0)
        var options = ResponderOptions()
        options.workers = 1
        let fixture = try Fixture(options) { _, reply in
            reply.send(Response(status: 200, body: body))
            done.add(1, ordering: .relaxed)
        }
        let slow = try (0..<3).map { _ in try fixture.connect() }
        for client in slow { try client.send(FastCGIRecord.request()) }
        #expect(eventually { done.load(ordering: .relaxed) == 3 })
        #expect(fixture.responder.figures.active == 3)
        for client in slow.reversed() { #expect(try client.answer().body == body) }
        #expect(eventually { fixture.responder.figures.idle == 3 })
        #expect(fixture.responder.figures.slowAnswers == 3)
    }

    @Test func doesNotWaitForAPeerThatSendsRequestsAndNeverReads() throws {
        let body = [UInt8](repeating: 7, count: 20_000)
        let done = Atomic<Int>(0)
        var options = ResponderOptions()
        options.workers = 1
        let fixture = try Fixture(options) { _, reply in
            reply.send(Response(status: 200, body: body))
            done.add(1, ordering: .relaxed)
        }
        let hostile = try fixture.connect()
        for _ in 0..<40 { try hostile.send(FastCGIRecord.request()) }
        // More than any send buffer holds was asked for: the last answers wait for the peer, the worker does not.
        #expect(eventually { fixture.responder.figures.slowAnswers > 0 })
        #expect(try fixture.connect().exchange(FastCGIRecord.request()).body == body)
        for _ in 0..<40 { #expect(try hostile.answer().body == body) }
    }

    @Test func givesUpAPeerThatNeverReads() throws {
        var options = ResponderOptions()
        options.limits.writeTimeout = .milliseconds(60)
        let fixture = try Fixture(options) { _, reply in
            reply.send(Response(status: 200, body: [UInt8](repeating: 7, count: 4 << 20)))
        }
        let client = try fixture.connect()
        try client.send(FastCGIRecord.request())
        #expect(eventually { fixture.responder.figures.timeouts == 1 })
        #expect(fixture.responder.figures.brokenAnswers == 1)
        #expect(fixture.responder.figures.open == 0)
    }

    @Test(arguments: [10, 4 << 20]) func survivesAPeerThatHasGone(count: Int) throws {
        let replies = Mutex<[Reply]>([])
        let fixture = try Fixture { _, reply in replies.withLock { $0.append(reply) } }
        do {
            let client = try fixture.connect()
            try client.send(FastCGIRecord.request())
            #expect(eventually { fixture.responder.figures.active == 1 })
        }
        for reply in replies.withLock({ exchange(&$0, with: []) }) {
            reply.send(Response(status: 200, body: [UInt8](repeating: 1, count: count)))
        }
        #expect(eventually { fixture.responder.figures.open == 0 })
        #expect(fixture.responder.figures.brokenAnswers == 1)
        #expect(fixture.responder.figures.active == 0)
    }
}
