import FastCGI
import Logging
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ResponderRefusalTests {
    @Test(arguments: [
        Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), [0], [UInt8](repeating: 0xff, count: 70_000),
        FastCGIRecord.make(type: 1, content: [0, 1, 1, 0, 0, 0, 0, 0], version: 2),
        FastCGIRecord.make(type: 4), FastCGIRecord.make(type: 5, content: [1, 2, 3]),
        FastCGIRecord.begin() + FastCGIRecord.stream(type: 4, [9, 9, 9]),
    ])
    func closesAConnectionThatDoesNotSpeakFastCGI(bytes: [UInt8]) throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        try? client.send(bytes)
        #expect(try client.isClosedByPeer())
        #expect(eventually { fixture.responder.figures.open == 0 })
        #expect(fixture.responder.figures.malformedRecords == 1)
        #expect(fixture.log.all.contains { $0.level == .warning && $0.metadata["fastcgi.reason"] != nil })
        #expect(try fixture.connect().exchange(FastCGIRecord.request()).status == 200)
    }

    /// libfcgi 2.4.2 and 2.4.7 overflow a buffer when a name is repeated in this record.
    @Test(arguments: [true, false]) func keepsManagementRecordsFromLibfcgi(isFirst: Bool) throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        let names = (0..<12).map { _ in ("FCGI_MAX_CONNS", "") }
        let record = FastCGIRecord.make(type: 9, request: 0, content: FastCGIRecord.pairs(names))
        try client.send(isFirst ? record : FastCGIRecord.begin() + record)
        #expect(try client.isClosedByPeer())
        #expect(fixture.responder.figures.malformedRecords == 1)
    }

    @Test func checksEveryRequestOfAKeptConnection() throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        #expect(try client.exchange(FastCGIRecord.request()).status == 200)
        try client.send(FastCGIRecord.make(type: 9, request: 0, content: [14, 0]))
        #expect(try client.isClosedByPeer())
        #expect(fixture.responder.figures.malformedRecords == 1)
    }

    @Test(arguments: [2, 3, 0, 256] as [UInt16]) func refusesOtherRoles(role: UInt16) throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        let answer = try client.exchange(FastCGIRecord.begin(request: 5, role: role))
        #expect(answer.protocolStatus == 3)
        #expect(answer.request == 5)
        #expect(try client.isClosedByPeer())
    }

    @Test func refusesToMultiplex() throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        try client.send(FastCGIRecord.begin(request: 1) + FastCGIRecord.begin(request: 2))
        let refused = try client.answer()
        #expect(refused.request == 2)
        #expect(refused.protocolStatus == 1)
        let rest = FastCGIRecord.request(id: 1, [("REQUEST_METHOD", "GET")]).dropFirst(16)
        let answer = try client.exchange(Array(rest))
        #expect(answer.request == 1)
        #expect(answer.text == "GET - 0 0")
    }

    @Test func endsAnAbortedRequestAndKeepsTheConnection() throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        let begun = FastCGIRecord.begin() + FastCGIRecord.make(type: 4, content: [1, 0, 65])
        let answer = try client.exchange(begun + FastCGIRecord.abort())
        #expect(answer.protocolStatus == 0)
        #expect(answer.output.isEmpty)
        #expect(try client.exchange(FastCGIRecord.request()).status == 200)
        // One that crosses the answer is nothing to answer.
        #expect(try client.exchange(FastCGIRecord.abort() + FastCGIRecord.request()).status == 200)
        #expect(fixture.responder.figures.abortedRequests == 1)
        #expect(fixture.responder.figures.requests == 2)
    }

    @Test(arguments: [1, 8, 16, 40]) func forgetsARequestThatIsHalfSent(count: Int) throws {
        let fixture = try Fixture()
        do {
            let client = try fixture.connect()
            try client.send(Array(FastCGIRecord.request(body: [1, 2, 3]).prefix(count)))
            #expect(eventually { fixture.responder.figures.receiving == 1 })
        }
        #expect(eventually { fixture.responder.figures.open == 0 })
        #expect(fixture.responder.figures.brokenRequests == 1)
        #expect(fixture.responder.figures.requests == 0)
    }

    @Test func closesAConnectionWhoseRequestStops() throws {
        var options = ResponderOptions()
        options.limits.readTimeout = .milliseconds(40)
        let fixture = try Fixture(options)
        let client = try fixture.connect()
        try client.send(Array(FastCGIRecord.request().prefix(20)))
        #expect(try client.isClosedByPeer())
        #expect(eventually { fixture.responder.figures.open == 0 })
        #expect(eventually { fixture.responder.figures.timeouts == 1 })
        #expect(fixture.responder.figures.brokenRequests == 0)
    }

    @Test func closesAConnectionWhoseRequestNeverEnds() throws {
        var options = ResponderOptions()
        options.limits.requestTimeout = .milliseconds(100)
        let fixture = try Fixture(options)
        let client = try fixture.connect()
        try client.send(FastCGIRecord.begin())
        // Each byte comes in time, the request does not.
        #expect(
            eventually {
                (try? client.send(FastCGIRecord.make(type: 4, content: [0, 0]))) == nil
            }
        )
        #expect(eventually { fixture.responder.figures.timeouts == 1 })
    }

    @Test func leavesIdleConnectionsAlone() throws {
        var options = ResponderOptions()
        options.limits.readTimeout = .milliseconds(20)
        options.limits.requestTimeout = .milliseconds(20)
        let fixture = try Fixture(options)
        let fresh = try fixture.connect()
        let used = try fixture.connect()
        #expect(try used.exchange(FastCGIRecord.request()).status == 200)
        // Another connection times out twice meanwhile.
        for _ in 0..<2 {
            let slow = try fixture.connect()
            try slow.send([1])
            #expect(try slow.isClosedByPeer())
        }
        #expect(try used.exchange(FastCGIRecord.request()).status == 200)
        #expect(try fresh.exchange(FastCGIRecord.request()).status == 200)
    }

    @Test(arguments: [11, 20_000, 500_000]) func flagsABodyOverTheLimit(count: Int) throws {
        var options = ResponderOptions()
        options.limits.bodyBytes = 10
        let fixture = try Fixture(options)
        let client = try fixture.connect()
        let body = [UInt8](repeating: 1, count: count)
        #expect(try client.exchange(FastCGIRecord.request(body: body)).text == "POST /v1/track 0 0 long")
        #expect(try client.exchange(FastCGIRecord.request(body: [1])).text == "POST /v1/track 1 1")
        #expect(fixture.responder.figures.longBodies == 1)
    }

    @Test func closesAConnectionWithMoreThanItDiscards() throws {
        var options = ResponderOptions()
        options.limits.bodyBytes = 10
        options.limits.discardedBytes = 1 << 20
        let fixture = try Fixture(options)
        let client = try fixture.connect()
        try? client.send(FastCGIRecord.request(body: [UInt8](repeating: 1, count: 3 << 20)))
        #expect(try client.isClosedByPeer())
        #expect(fixture.responder.figures.malformedRecords == 1)
        #expect(fixture.responder.figures.requests == 0)
    }

    @Test(arguments: [2_000, 200_000]) func answersParametersOverTheLimit(count: Int) throws {
        var options = ResponderOptions()
        options.limits.parameterBytes = 1_000
        let fixture = try Fixture(options)
        let client = try fixture.connect()
        let long = FastCGIRecord.request([("HTTP_COOKIE", String(repeating: "c", count: count))], body: [1, 2])
        let answer = try client.exchange(long)
        #expect(answer.headers.first == "Status: 431 Request Header Fields Too Large")
        #expect(answer.text.contains(#""code":"headers_too_large""#))
        #expect(try client.exchange(FastCGIRecord.request()).status == 200)
        #expect(fixture.responder.figures.longParameters == 1)
    }
}
