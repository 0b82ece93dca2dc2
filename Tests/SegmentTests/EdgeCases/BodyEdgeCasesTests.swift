import JSON
import Segment
import Testing

/// Cases 1 to 8, 16 to 23 and 37 to 40: what a body may look like.
struct BodyEdgeCasesTests {
    private static let track = #"{"userId":"u1","event":"E"}"#

    @Test("Case 1: a byte order mark before the JSON is skipped", arguments: Route.postRoutes)
    func case1(route: Route) throws {
        let body = [0xef, 0xbb, 0xbf] + Array(#"{"batch":[{"type":"track","userId":"u1","event":"E"}]}"#.utf8)
        let batch = try read(body, route: route)
        #expect(batch.events.map(\.userId) == ["u1"])
        #expect(batch.wasRepaired)
    }

    @Test(
        "Case 2: an empty body is refused with code and message",
        arguments: ["", " \n\t", "\u{feff}"]
    )
    func case2(body: String) throws {
        for route in Route.postRoutes { #expect(refusal(body, route: route) == .emptyBody) }
        let answer = EdgeAnswer.failure(EdgeRejection(.emptyBody))
        #expect(answer.status == 400)
        #expect(try json(String(decoding: answer.body, as: UTF8.self))["code"]?.string == "empty_body")
    }

    @Test(
        "Case 3: an empty batch is 200 with nothing to relay",
        arguments: [#"{"batch":[]}"#, "[]", #"{"batch":[ ]}"#]
    )
    func case3(body: String) throws {
        let batch = try read(body)
        #expect(batch.events.isEmpty)
        #expect(batch.rejected.isEmpty)
    }

    @Test("Case 4: in a batch of mixed validity the good events live")
    func case4() throws {
        let batch = try read(
            """
            {"batch":[{"type":"track","userId":"a","event":"E"},{"type":"track","userId":"b","messageId":"bad"},
            7,{"type":"identify","userId":"c"}]}
            """
        )
        #expect(batch.events.map(\.userId) == ["a", "c"])
        #expect(batch.rejected.map(\.code) == [.eventNotDefined, .notAnObject])
        #expect(batch.rejected.map(\.index) == [1, 2])
        #expect(batch.rejected.map(\.messageId) == ["bad", nil])
        #expect(batch.rejected.last?.raw == Array("7".utf8))
    }

    @Test(
        "Case 5: a batch that is missing, null or no array is refused on batch routes",
        arguments: [#"{}"#, #"{"batch":null}"#, #"{"batch":{}}"#, #"{"batch":"x"}"#, #"{"type":"track","userId":"u"}"#]
    )
    func case5(body: String) {
        #expect(refusal(body, route: .batch) == .batchMissing)
        #expect(refusal(body, route: .clientBatch) == .batchMissing)
    }

    @Test("Case 6: of more than 2,500 events the excess is rejected, the rest lives")
    func case6() throws {
        let events = Array(repeating: #"{"type":"track","userId":"u","event":"E"}"#, count: 2_503)
        let batch = try read(#"{"batch":["# + events.joined(separator: ",") + "]}")
        #expect(batch.events.count == 2_500)
        #expect(batch.rejected.map(\.code) == [.excessItem, .excessItem, .excessItem])
        #expect(batch.rejected.map(\.index) == [2_500, 2_501, 2_502])
    }

    @Test("Case 7: an event over 32 KiB is dropped from its batch, and refused where it is alone")
    func case7() throws {
        let large =
            #"{"type":"track","userId":"u","event":"E","x":""# + String(repeating: "x", count: 32 << 10) + #""}"#
        let batch = try read(#"{"batch":[{"type":"identify","userId":"a"},"# + large + "]}")
        #expect(batch.events.map(\.userId) == ["a"])
        #expect(batch.rejected.map(\.code) == [.itemTooLarge])
        #expect(refusal(large, route: .event(.track)) == .bodyTooLarge)
        #expect(refusal(large, route: .partner(source: "s")) == .bodyTooLarge)
    }

    @Test("Case 7: an event of exactly 32 KiB is taken")
    func case7Boundary() throws {
        let head = #"{"type":"track","userId":"u","event":"E","x":""#
        let exact = head + String(repeating: "x", count: (32 << 10) - head.utf8.count - 2) + #""}"#
        #expect(exact.utf8.count == 32 << 10)
        #expect(try read(exact, route: .event(.track)).events.count == 1)
        #expect(try read("[\(exact)]").events.count == 1)
    }

    @Test("Case 8: a batch of 524,288 bytes is taken; over 1 MiB it is refused")
    func case8() throws {
        let item = #"{"type":"track","userId":"u","event":"E","x":""# + String(repeating: "x", count: 30_000) + #""}"#
        var body = #"{"batch":["# + Array(repeating: item, count: 17).joined(separator: ",") + "]}"
        body += String(repeating: " ", count: 524_288 - body.utf8.count)
        #expect(try read(body).events.count == 17)
        #expect(refusal(body + String(repeating: " ", count: 524_289), route: .batch) == .bodyTooLarge)
    }

    @Test(
        "Case 16: NaN and the infinities become null",
        arguments: ["NaN", "Infinity", "-Infinity"]
    )
    func case16(literal: String) throws {
        let event = try readEvent(#"{"userId":"u","event":"E","properties":{"n":"# + literal + #","m":1.0}}"#)
        #expect(try event.partnerMember("properties") == #"{"n":null,"m":1.0}"#)
        #expect(refusal(#"{"userId":"u","event":"E","n":nan}"#) == .notJSON)
    }

    @Test("Case 17: lone surrogate escapes become U+FFFD", arguments: [#"a\ud800"#, #"a\udc00"#, #"a\uD83D"#])
    func case17(name: String) throws {
        let event = try readEvent(#"{"userId":"u","event":"\#(name)"}"#)
        #expect(event.name == "a\u{fffd}")
    }

    @Test("Case 18: an emoji is the same, escaped or raw")
    func case18() throws {
        let escaped = try readEvent(#"{"userId":"\ud83d\ude00","event":"E \ud83d\ude00","messageId":"\ud83d\ude00"}"#)
        let raw = try readEvent(#"{"userId":"😀","event":"E 😀","messageId":"😀"}"#)
        for event in [escaped, raw] {
            #expect(event.userId == "😀")
            #expect(event.name == "E 😀")
            #expect(event.messageId == "😀")
            #expect(try json(event.partnerForm())["event"]?.string == "E 😀")
        }
    }

    @Test(
        "Case 19: invalid UTF-8 is refused",
        arguments: [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0xaf]] as [[UInt8]]
    )
    func case19(bytes: [UInt8]) {
        #expect(refusal(Array(#"{"userId":"u","event":""#.utf8) + bytes + Array(#""}"#.utf8)) == .notJSON)
    }

    @Test(
        "Cases 20 and 21: numbers keep their spelling through the relay",
        arguments: [
            "9007199254740993", "1180591620717411303424", "-18446744073709551616", "1.0", "1e3", "1E+3", "-0", "1e400",
            "0.1000", "39.95",
        ]
    )
    func case20And21(number: String) throws {
        let event = try readEvent(
            #"{"userId":"u","event":"E","properties":{"revenue":\#(number)},"context":{"n":\#(number)},"x":\#(number)}"#
        )
        #expect(try event.partnerMember("properties") == #"{"revenue":\#(number)}"#)
        #expect(try event.partnerMember("context") == #"{"n":\#(number)}"#)
        #expect(try event.partnerMember("x") == number)
    }

    @Test("Case 22: of equal names the last one wins, also when they are escaped differently")
    func case22() throws {
        let event = try readEvent(
            #"{"userId":"a","event":"A","x":1,"userId":"b","\u0065vent":"B","x":2,"properties":1,"properties":{"p":1}}"#
        )
        #expect(event.userId == "b")
        #expect(event.name == "B")
        #expect(try event.partnerMember("x") == "2")
        #expect(try event.partnerMember("properties") == #"{"p":1}"#)
        #expect(try read(#"{"batch":7,"batch":[{"type":"identify","userId":"u"}]}"#).events.count == 1)
    }

    @Test("Case 23: an event nested too deep is dropped, the others live", arguments: [129, 1_000, 10_000])
    func case23(depth: Int) throws {
        let deep = { (levels: Int) in
            #"{"type":"track","userId":"u","event":"E","x":"# + String(repeating: "[", count: levels - 1)
                + String(repeating: "]", count: levels - 1) + "}"
        }
        let batch = try read("[\(deep(128)),\(deep(depth))]")
        #expect(batch.events.count == 1)
        #expect(batch.rejected.map(\.code) == [.itemTooDeep])
        #expect(try rejections(deep(depth)) == [.itemTooDeep])
    }

    /// The content type never reaches this target: the body alone decides. That the gateway hands bodies of all types
    /// on is the integration tests' part.
    @Test("Case 37: whatever the content type says, the body is taken for JSON", arguments: Route.postRoutes)
    func case37(route: Route) throws {
        #expect(
            try read("\n\t [" + #"{"type":"track","userId":"u","event":"E"}"# + "] \r\n", route: route).events.count
                == 1
        )
    }

    @Test("Case 38: gzip is known by its magic bytes, one member or several")
    func case38Members() throws {
        let body = Self.track
        #expect(try read(Gzip.member(body), route: .event(.track)).events.map(\.userId) == ["u1"])
        #expect(try read(Gzip.deflated, route: .event(.track)).events.map(\.messageId) == ["m"])
        let halves = Gzip.member(String(body.prefix(9))) + Gzip.member("") + Gzip.member(String(body.dropFirst(9)))
        #expect(try read(halves, route: .event(.track)).events.map(\.userId) == ["u1"])
        // A plain body under a gzip header is a plain body.
        #expect(try read(body, route: .event(.track)).events.count == 1)
    }

    @Test("Case 38: a gzip bomb stops at the limit")
    func case38Bomb() {
        let bomb = Array(repeating: Gzip.blanks, count: 40).flatMap { $0 }
        #expect(refusal(bomb, route: .batch) == .bodyTooLarge)
    }

    @Test("Case 38: damaged gzip is refused")
    func case38Damaged() {
        let good = Gzip.member(Self.track)
        #expect(refusal(Array(good.dropLast())) == .badGzip)
        #expect(refusal(Array(good.prefix(2))) == .badGzip)
        #expect(refusal(good + [0]) == .badGzip)
        #expect(refusal(good + Array("garbage".utf8)) == .badGzip)
        var flipped = good
        flipped[12] ^= 1
        #expect(refusal(flipped) == .badGzip)
    }

    /// Chunked and HTTP/2 bodies without a length are nginx's to buffer and FastCGI's to read to the end (integration
    /// tests). What lives here: no length is asked for, the bytes are all there is.
    @Test("Case 39: a body without a declared length is read like any other")
    func case39() throws {
        #expect(try read(Self.track, route: .event(.track)).events.count == 1)
    }

    /// A discarded upload is the FastCGI target's part (integration tests). What lives here: half a body is never taken
    /// for a whole one, at whatever byte it ends.
    @Test("Case 40: an upload cut off midway is never acknowledged")
    func case40() {
        let body = #"{"batch":[{"type":"track","userId":"u1","event":"E","properties":{"a":[1,2.5]}}]}"#
        for count in 0..<body.utf8.count {
            let code = refusal(Array(body.utf8.prefix(count)), route: .batch)
            #expect(code == .notJSON || code == .emptyBody, "the first \(count) bytes")
        }
    }
}

extension Route {
    /// Every route that takes a body with events.
    static let postRoutes: [Route] = [
        .event(.track), .clientEvent(.track), .batch, .clientBatch, .partner(source: "s"), .webhook(source: "s"),
    ]
}
