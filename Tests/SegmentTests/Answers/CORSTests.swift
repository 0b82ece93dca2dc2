import Segment
import Testing

struct CORSTests {
    @Test("A preflight grants what was asked for, to the origin that asked")
    func preflight() {
        let answer = CORS.preflight(origin: "https://shop.example", requestedHeaders: "authorization,x-retry-count")
        #expect(answer.status == 204)
        #expect(answer.body.isEmpty)
        #expect(answer.header("Access-Control-Allow-Origin") == "https://shop.example")
        #expect(answer.header("Access-Control-Allow-Methods") == "GET, POST, OPTIONS")
        #expect(answer.header("Access-Control-Allow-Headers") == "authorization,x-retry-count")
        #expect(answer.header("Access-Control-Allow-Credentials") == "true")
        #expect(answer.header("Access-Control-Max-Age") == "86400")
        #expect(answer.header("Vary")?.hasPrefix("Origin") == true)
    }

    @Test("A preflight without a usable origin grants nothing", arguments: [nil, "", "https://a b", "x\r\ny", "a,b"])
    func noOrigin(origin: String?) {
        let answer = CORS.preflight(origin: origin, requestedHeaders: nil)
        #expect(answer.status == 204)
        #expect(answer.headers.map(\.0) == ["Vary"])
    }

    @Test(
        "Headers that are no names are not echoed",
        arguments: [nil, "", "a b", "a,,b", "x\r\nSet-Cookie: a", "é", "a:b"]
    )
    func oddHeaders(requested: String?) {
        let answer = CORS.preflight(origin: "null", requestedHeaders: requested)
        #expect(answer.header("Access-Control-Allow-Headers") == "authorization, content-type, x-retry-count")
    }

    @Test("Replies let scripts read them, errors included")
    func replies() {
        let headers = CORS.replyHeaders(origin: "https://shop.example")
        #expect(headers.map(\.0).contains("Access-Control-Allow-Credentials"))
        #expect(headers.first { $0.0 == "Access-Control-Allow-Origin" }?.1 == "https://shop.example")
        #expect(headers.first { $0.0 == "Access-Control-Expose-Headers" }?.1 == "Retry-After, X-RateLimit-Reset")
        #expect(CORS.replyHeaders(origin: nil).isEmpty)
        #expect(CORS.replyHeaders(origin: "https://x.example", isAllowed: false).map(\.0) == ["Vary"])
    }

    @Test(
        "Lists of origins",
        arguments: [
            ("https://a.example", ["*"], true), ("https://a.example", [], false),
            ("https://a.example", ["https://a.example"], true), ("https://A.example", ["https://a.EXAMPLE"], true),
            ("http://a.example", ["https://a.example"], false),
            ("https://a.example:8443", ["https://a.example"], false),
            ("https://x.a.example", ["https://*.a.example"], true),
            ("https://x.y.a.example", ["https://*.a.example"], true),
            ("https://a.example", ["https://*.a.example"], false),
            ("https://evila.example", ["https://*.a.example"], false),
            ("https://.a.example", ["https://*.a.example"], false),
            ("https://evil.example/.a.example", ["https://*.a.example"], false),
            ("https://evil.example:1.a.example", ["https://*.a.example"], false),
            ("null", ["https://a.example"], false),
            ("https://a.example.evil", ["https://a.example*"], false),
        ]
    )
    func lists(origin: String, allowed: [String], isAdmitted: Bool) {
        #expect(CORS.admits(origin, allowed: allowed) == isAdmitted)
    }
}
