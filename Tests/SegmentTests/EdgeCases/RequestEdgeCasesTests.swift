import JSON
import Segment
import Testing

/// Cases 34 to 36 and 41 to 54: paths, keys, filters and what surrounds a body.
struct RequestEdgeCasesTests {
    @Test("Case 34: on a single route the path gives the type that is missing", arguments: EventType.segmentAPI)
    func case34(type: EventType) throws {
        let event = try readEvent(#"{"userId":"u","event":"E"}"#, route: .event(type))
        #expect(event.type == type)
        #expect(try event.partnerMember("type") == "\"\(type.rawValue)\"")
    }

    @Test("Case 35: where path and body disagree the path wins", arguments: ["\"track\"", "\"nonsense\"", "7", "null"])
    func case35(type: String) throws {
        let event = try readEvent(#"{"type":\#(type),"userId":"u"}"#, route: .clientEvent(.identify))
        #expect(event.type == .identify)
        #expect(try event.partnerMember("type") == #""identify""#)
    }

    @Test(
        "Case 36: without a known type an event of a batch is dropped",
        arguments: ["", #""type":"nonsense","#, #""type":"Track","#, #""type":7,"#, #""type":null,"#]
    )
    func case36(member: String) throws {
        let body = #"{"batch":[{\#(member)"userId":"u","event":"E"},{"type":"identify","userId":"v"}]}"#
        let batch = try read(body)
        #expect(batch.events.map(\.userId) == ["v"])
        #expect(batch.rejected.map(\.code) == [.typeUnknown])
    }

    @Test(
        "Case 41: one trailing slash is dropped; double slashes and upper case are not found",
        arguments: [
            ("/v1/import/", Routing.route(.batch)), ("/v1/v1/batch", .route(.batch)), ("/b/", .route(.clientBatch)),
            ("/v1//batch", .notFound), ("//v1/batch", .notFound), ("/v1/batch//", .notFound), ("/V1/batch", .notFound),
            ("/v1/Batch", .notFound), ("/v1/v1/v1/batch", .notFound), ("/", .notFound), ("", .notFound),
        ]
    )
    func case41(path: String, routing: Routing) {
        #expect(Routing.resolve(method: "POST", path: path, hasData: false) == routing)
        #expect(Routing.resolve(method: "POST", path: path, hasData: true) == routing)
        #expect(EdgeAnswer.notFound.status == 404)
    }

    @Test("Case 42: GET and HEAD on POST routes are not allowed, but GET with data is JSONP")
    func case42() {
        let notAllowed = Routing.methodNotAllowed(allow: "POST, OPTIONS")
        for method in ["GET", "HEAD"] {
            #expect(Routing.resolve(method: method, path: "/v1/track", hasData: true) == notAllowed)
            #expect(Routing.resolve(method: method, path: "/v1/t", hasData: false) == notAllowed)
        }
        #expect(Routing.resolve(method: "GET", path: "/v1/t", hasData: true) == .route(.jsonp(.track)))
        #expect(Routing.resolve(method: "HEAD", path: "/v1/t", hasData: true) == notAllowed)
        #expect(EdgeAnswer.methodNotAllowed(allow: "POST, OPTIONS").status == 405)
    }

    @Test(
        "Case 43: a JSONP callback is used only when it is a plain name",
        arguments: [
            ("callback=_cb.r1", "_cb.r1"), ("callback=$jq&x=1", "$jq"), ("callback=alert(1)", nil), ("callback=", nil),
            ("callback=a..b", nil), ("callback=1a", nil), ("callback=a%3Cscript%3E", nil), ("x=1", nil),
        ] as [(String, String?)]
    )
    func case43(query: String, callback: String?) {
        #expect(JSONP.callback(in: query) == callback)
    }

    @Test("Case 44: preflights are answered without asking who it is, whatever they say")
    func case44() {
        #expect(Routing.resolve(method: "OPTIONS", path: "/v1/t", hasData: false) == .preflight)
        #expect(CORS.preflight(origin: nil, requestedHeaders: nil).status == 204)
        let odd = CORS.preflight(origin: "https://a.example", requestedHeaders: "x-ok, bad header\r\nx")
        #expect(odd.header("Access-Control-Allow-Headers") == "authorization, content-type, x-retry-count")
        let custom = CORS.preflight(origin: "https://a.example", requestedHeaders: "x-mine,authorization")
        #expect(custom.header("Access-Control-Allow-Headers") == "x-mine,authorization")
    }

    @Test(
        "Case 45: Basic without colon, with a password, in lower case, and several headers",
        arguments: ["Basic a2V5", "Basic a2V5Og==", "Basic a2V5OnBhc3M=", "basic a2V5Og", "Digest x, Basic a2V5Og=="]
    )
    func case45(header: String) throws {
        let facts = RequestFacts(authorization: header, receivedAt: now)
        #expect(try read(#"{"batch":[]}"#, facts: facts).writeKey?.value == "key")
    }

    @Test("Case 46: where header and body disagree about the key the header wins")
    func case46() throws {
        let facts = RequestFacts(authorization: "Basic a2V5Og==", receivedAt: now)
        let body = #"{"writeKey":"other","batch":[{"type":"identify","userId":"u","writeKey":"third"}]}"#
        #expect(try read(body, facts: facts).writeKey?.value == "key")
        #expect(try read(body).writeKey?.value == "other")
    }

    @Test(
        "Case 47: All and all, and only the boolean false blocks",
        arguments: [
            (#"{"All":false}"#, false), (#"{"all":false}"#, false), (#"{"All":"false"}"#, true), (#"{"All":0}"#, true),
            (#"{"all":null}"#, true), (#"{"All":true}"#, true), (#"{"All":false,"Hydra":true}"#, true),
            (#"{"all":false,"hydra":{}}"#, true), (#"{"All":false,"Hydra":"true"}"#, false),
            (#"{"Hydra":false}"#, false),
            (#"{"hydra":false,"All":true}"#, false), (#"{"hydra":0}"#, true), (#"{"HYDRA":false}"#, true),
        ]
    )
    func case47(integrations: String, isAllowed: Bool) throws {
        let event = try readEvent(#"{"userId":"u","event":"E","integrations":\#(integrations)}"#)
        #expect(event.isAllowed() == isAllowed)
    }

    /// nginx answers `Expect: 100-continue` itself before the gateway is asked (integration tests). What lives here: the
    /// large body that follows is taken.
    @Test("Case 48: the large body behind Expect: 100-continue is taken")
    func case48() throws {
        let item = #"{"type":"track","userId":"u","event":"E","x":""# + String(repeating: "x", count: 5_000) + #""}"#
        let body = #"{"batch":["# + Array(repeating: item, count: 100).joined(separator: ",") + "]}"
        #expect(try read(body).events.count == 100)
    }

    @Test(
        "Case 49: a pixel with broken base64 still gets its GIF",
        arguments: ["data=%%%", "data=a", "data=e30=x", ""]
    )
    func case49(query: String) {
        let facts = RequestFacts(receivedAt: now, query: query)
        let batch = try? read([], route: .pixel(.track), facts: facts)
        #expect(batch?.events.isEmpty ?? true)
        #expect(EdgeAnswer.pixel.status == 200)
        #expect(EdgeAnswer.pixel.body.starts(with: Array("GIF89a".utf8)))
    }

    @Test("Case 50: NUL, CR and LF stay escaped in values")
    func case50Values() throws {
        let event = try readEvent(
            #"{"userId":"a\u0000b","event":"x\r\ny","messageId":"m\u000a","properties":{"k\u0000":"\u0000"}}"#
        )
        #expect(event.userId == "a\u{0}b")
        let form = event.partnerForm()
        #expect(form.utf8.allSatisfy { $0 >= 0x20 })
        #expect(try event.partnerMember("messageId") == #""m\u000a""#)
    }

    @Test(
        "Case 50: NUL, CR and LF are refused in headers and keys",
        arguments: ["Basic azAKOg==", "Basic AAA6", "Basic a\u{0}b", "Bearer a\r\nb", "Basic a2V5\n"]
    )
    func case50Headers(header: String) throws {
        let credentials = Authorization.parse(header)
        #expect(credentials == .malformed || credentials == .controlCharacters)
        #expect(WriteKey("key\r\n") == nil)
        #expect(try read(#"{"writeKey":"a\u0000","batch":[]}"#).writeKey == nil)
        #expect(CORS.replyHeaders(origin: "https://a.example\r\nX: y").isEmpty)
    }

    @Test("Case 51: object, array and envelope are taken on every POST route", arguments: Route.postRoutes)
    func case51(route: Route) throws {
        let item = #"{"type":"identify","userId":"u"}"#
        #expect(try read("[\(item),\(item)]", route: route).events.map(\.type) == [.identify, .identify])
        #expect(try read(#"{"batch":[\#(item)]}"#, route: route).events.map(\.type) == [.identify])
        if route != .batch, route != .clientBatch {
            #expect(
                try read(#"{"type":"track","event":"E","userId":"u"}"#, route: route).events.map(\.type) == [.track]
            )
        }
    }

    @Test(
        "Case 52: a settings header that is not base64 or not JSON is told, and the event taken",
        arguments: ["***", "bm90IGpzb24=", "W10=", "e30"]
    )
    func case52(header: String) throws {
        let facts = RequestFacts(receivedAt: now, settingsHeader: header)
        let batch = try read(
            #"{"type":"identify","userId":"u"}"#,
            route: .partner(source: "s"),
            facts: facts
        )
        #expect(batch.events.count == 1)
        switch batch.partnerSettings {
        case .settings(let document): #expect(header == "e30" && document.root.count == 0)
        case .unreadable: #expect(header != "e30")
        case .absent: Issue.record("the header was not seen")
        }
    }

    @Test("Case 53: a delete event with arrays for objects is taken", arguments: Route.postRoutes)
    func case53(route: Route) throws {
        let body = """
            [{"type":"delete","userId":"u","channel":"server","messageId":"delete-1","projectId":"p","context":[],
            "integrations":[],"timestamp":"2026-01-01T00:00:00.000Z","originalTimestamp":"2026-01-01T00:00:00.000Z",
            "sentAt":"2026-01-01T00:00:01.000Z","receivedAt":"2026-01-01T00:00:02.000Z"}]
            """
        let batch = try read(body, route: route)
        #expect(batch.events.map(\.type) == [.delete])
        #expect(batch.unsupportedCount == 1)
        #expect(PartnerAnswer.unsupported(message: "m").status == 501)
    }

    /// When the spool is full is the gateway's to know (integration tests). What lives here: the answer that all SDKs
    /// obey.
    @Test(
        "Case 54: back-pressure is 429 with both headers in whole seconds up to 300",
        arguments: [(5, "5"), (0, "1"), (9_999, "300")]
    )
    func case54(seconds: Int, header: String) throws {
        let answer = EdgeAnswer.busy(retryAfterSeconds: seconds, code: "spool_full", message: "Later.")
        #expect(answer.status == 429)
        #expect(answer.header("Retry-After") == header)
        #expect(answer.header("X-RateLimit-Reset") == header)
        #expect(
            String(decoding: answer.body, as: UTF8.self)
                == #"{"success":false,"code":"spool_full","message":"Later.","error":"Later."}"#
        )
    }
}

extension EdgeAnswer {
    /// The value of a header line.
    func header(_ name: String) -> String? {
        headers.first { $0.0 == name }?.1
    }
}

extension EventType {
    /// The calls of the tracking API.
    static let segmentAPI: [EventType] = [.identify, .track, .page, .screen, .group, .alias]
}
