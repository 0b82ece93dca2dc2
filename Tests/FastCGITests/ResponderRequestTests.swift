import FastCGI
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ResponderRequestTests {
    private static let body = Array(#"{"event":"Signed Up","userId":"u1"}"#.utf8)

    private static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
    }

    @Test func answersARequest() throws {
        let fixture = try Fixture()
        let answer = try fixture.connect().exchange(FastCGIRecord.request(body: Self.body))
        #expect(answer.headers.first == "Status: 200 OK")
        #expect(answer.header("Content-Type") == "text/plain")
        #expect(answer.header("Content-Length") == "\(answer.body.count)")
        #expect(answer.text == Fixture.echoed(Self.body))
        #expect(answer.errors.isEmpty)
        #expect(answer.protocolStatus == 0)
    }

    @Test(arguments: 1..<160) func answersARequestThatComesInTwoPiecesSplitAnywhere(at offset: Int) throws {
        let fixture = try Fixture()
        let request = FastCGIRecord.request(
            [("REQUEST_METHOD", "POST"), ("DOCUMENT_URI", "/v1/track")],
            body: Self.body
        )
        let client = try fixture.connect()
        let cut = min(offset, request.count - 1)
        try client.send(Array(request[..<cut]))
        // The first piece has been seen before the second is sent.
        #expect(eventually { fixture.responder.figures.receiving == 1 })
        try client.send(Array(request[cut...]))
        #expect(try client.answer().text == Fixture.echoed(Self.body))
    }

    @Test func answersARequestThatComesByteByByte() throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        for _ in 0..<2 {
            for byte in FastCGIRecord.request(body: Self.body, piece: 3, padding: 5) { try client.send([byte]) }
            #expect(try client.answer().text == Fixture.echoed(Self.body))
        }
    }

    @Test(arguments: [1, 2, 3, 7, 8, 100]) func takesManyTinyRecords(piece: Int) throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        let body = Self.bytes(5_000)
        for padding in [0, 1, 255] {
            let answer = try client.exchange(FastCGIRecord.request(body: body, piece: piece, padding: padding))
            #expect(answer.text == Fixture.echoed(body))
        }
    }

    @Test(arguments: [0, 1, 8_000, 8_192, 16_000, 16_384, 20_000, 65_535, 65_536, 300_000, 1 << 20])
    func takesBodiesOfAllSizes(count: Int) throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        let body = Self.bytes(count)
        for padding in [0, 3] {
            #expect(
                try client.exchange(FastCGIRecord.request(body: body, padding: padding)).text == Fixture.echoed(body)
            )
        }
    }

    /// Padding after records where libfcgi loses its place.
    @Test func takesPaddingEverywhere() throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        let parameters = FastCGIRecord.pairs([("REQUEST_METHOD", "POST"), ("DOCUMENT_URI", "/v1/track")])
        let request =
            FastCGIRecord.begin(padding: 9) + FastCGIRecord.make(type: 4, content: parameters, padding: 4)
            + FastCGIRecord.make(type: 4, padding: 7) + FastCGIRecord.make(type: 5, content: Self.body, padding: 250)
            + FastCGIRecord.make(type: 5, padding: 255)
        for _ in 0..<3 { #expect(try client.exchange(request).text == Fixture.echoed(Self.body)) }
    }

    @Test func keepsTheConnectionWhenAsked() throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        for id in [1, 2, 65_535, 1] as [UInt16] {
            let answer = try client.exchange(FastCGIRecord.request(id: id, body: Self.body))
            #expect(answer.request == id)
            #expect(answer.text == Fixture.echoed(Self.body))
        }
        #expect(eventually { fixture.responder.figures.idle == 1 })
        let figures = fixture.responder.figures
        #expect(figures.accepted == 1)
        #expect(figures.requests == 4)
        #expect(figures.answers == 4)
    }

    @Test(arguments: [10, 100_000]) func closesTheConnectionOtherwise(count: Int) throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        let body = Self.bytes(count)
        #expect(try client.exchange(FastCGIRecord.request(keep: false, body: body)).text == Fixture.echoed(body))
        #expect(try client.isClosedByPeer())
        #expect(eventually { fixture.responder.figures.open == 0 })
    }

    @Test func answersRequestsThatWereSentBeforeTheAnswer() throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        var requests: [UInt8] = []
        for id in 1...20 { requests += FastCGIRecord.request(id: UInt16(id), body: Self.bytes(id * 2_000)) }
        try client.send(requests)
        for id in 1...20 {
            let answer = try client.answer()
            #expect(answer.request == UInt16(id))
            #expect(answer.text == Fixture.echoed(Self.bytes(id * 2_000)))
        }
    }

    @Test func answersAPeerThatSendsNoMore() throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        try client.send(FastCGIRecord.request(body: Self.body))
        client.finishSending()
        #expect(try client.answer().text == Fixture.echoed(Self.body))
        #expect(try client.isClosedByPeer())
    }

    @Test func handsParametersOnAsTheyWereSent() throws {
        let seen = Promise<[String]>()
        let fixture = try Fixture { request, reply in
            let host = unsafe request.withParameter("HTTP_HOST") { unsafe Array($0) } ?? []
            seen.fulfil(
                request.parameters.map { "\($0.name)=\($0.value)" } + [
                    request.header("HTTP_X") ?? "nil", request["HTTP_EMPTY"] ?? "nil", request["HTTP_"] ?? "nil",
                    String(decoding: host, as: UTF8.self), request["EQUALS"] ?? "nil", "\(request.body.count)",
                ]
            )
            reply.send(Response(status: 200))
        }
        let long = String(repeating: "x", count: 300)
        let answer = try fixture.connect().exchange(
            FastCGIRecord.request([
                ("HTTP_X", "first"), ("HTTP_X", "second"), ("HTTP_EMPTY", ""), ("HTTP_HOST", "exämple"),
                ("LONG", long), ("EQUALS", "a=b=c"),
            ])
        )
        #expect(answer.status == 200)
        #expect(
            try seen.wait() == [
                "HTTP_X=first", "HTTP_X=second", "HTTP_EMPTY=", "HTTP_HOST=exämple", "LONG=\(long)", "EQUALS=a=b=c",
                "first", "", "nil", "exämple", "a=b=c", "0",
            ]
        )
    }

    @Test func takesARequestWithoutParameters() throws {
        let fixture = try Fixture()
        #expect(try fixture.connect().exchange(FastCGIRecord.request([], body: [1])).text == "- - 1 1")
    }

    @Test func tellsWhenTheRequestBegan() throws {
        let started = Promise<UInt64>()
        let fixture = try Fixture { request, reply in
            started.fulfil(request.started)
            reply.send(Response(status: 204))
        }
        let answer = try fixture.connect().exchange(FastCGIRecord.request())
        #expect(answer.headers == ["Status: 204 No Content"])
        #expect(try started.wait() > 0)
    }
}
