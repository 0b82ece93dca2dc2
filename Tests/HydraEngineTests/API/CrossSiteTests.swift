import HydraEngine
import TestSupport
import Testing

/// No other site makes a browser use the API key that it remembers.
@Suite struct CrossSiteTests {
    private static let body = #"{"type":"track","messageId":"m","userId":"u","event":"e"}"#

    private func send(_ fixture: Fixture, _ browser: Browser, key: String?) async -> Answer {
        let request = APIRequest(
            method: "POST",
            path: "/v1/track",
            authorization: key.map { "Basic " + base64("\($0):") },
            requestID: "trace",
            body: Array(Self.body.utf8),
            browser: browser
        )
        return await withCheckedContinuation { continuation in
            fixture.api.answer(request) { continuation.resume(returning: Answer($0)) }
        }
    }

    static let refused: [Browser] = [
        Browser(host: "h.example", origin: "https://evil.example", fetchSite: "cross-site", contentType: "text/plain"),
        Browser(host: "h.example", fetchSite: "cross-site", contentType: "application/json"),
        Browser(host: "h.example", fetchSite: "same-site", contentType: "application/json"),
        Browser(host: "h.example", origin: "https://evil.example", contentType: "application/json"),
        Browser(host: "h.example", origin: "null", contentType: "application/json"),
        Browser(userAgent: "Mozilla/5.0", host: "h.example", contentType: "text/plain;charset=UTF-8"),
        Browser(userAgent: "Mozilla/5.0", contentType: " Application/X-WWW-Form-Urlencoded"),
        Browser(host: "h.example", origin: "https://h.example", contentType: "multipart/form-data; boundary=x"),
        Browser(origin: "https://h.example", contentType: "application/json"),
    ]

    @Test(arguments: Self.refused)
    func whatAnotherSiteCanSendIsRefused(browser: Browser) async throws {
        let fixture = try Fixture()
        let answer = await self.send(fixture, browser, key: fixture.key)
        #expect(answer.status == 403)
        #expect(answer.code == "cross_site")
        #expect(await fixture.get("/v1/persons").items.isEmpty)
    }

    static let taken: [Browser] = [
        Browser(), Browser(userAgent: "curl/8.5.0", contentType: "application/x-www-form-urlencoded"),
        Browser(
            userAgent: "Mozilla/5.0",
            host: "h.example",
            origin: "https://h.example",
            contentType: "application/json"
        ),
        Browser(host: "h.example", fetchSite: "same-origin", contentType: "application/json; charset=utf-8"),
        Browser(userAgent: "Mozilla/5.0", fetchSite: "none", contentType: "application/json"),
    ]

    @Test(arguments: Self.taken)
    func programsAndOwnPagesAreTaken(browser: Browser) async throws {
        let fixture = try Fixture()
        #expect(await self.send(fixture, browser, key: fixture.key).status == 200)
    }

    @Test func aBrowserIsNotAskedForTheKey() async throws {
        let fixture = try Fixture()
        let asked = await self.send(fixture, Browser(userAgent: "curl/8.5.0"), key: nil)
        #expect(asked.headers["WWW-Authenticate"]?.hasPrefix("Basic ") == true)
        for browser in [Browser(userAgent: "Mozilla/5.0"), Browser(fetchSite: "none")] {
            let answer = await self.send(fixture, browser, key: nil)
            #expect(answer.status == 401)
            // RFC 9110 wants a challenge; no browser knows this one.
            #expect(answer.headers["WWW-Authenticate"]?.hasPrefix("APIKey ") == true)
        }
    }
}
