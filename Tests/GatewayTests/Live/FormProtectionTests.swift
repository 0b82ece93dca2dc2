import TestSupport
import Testing

@testable import Gateway

@Suite struct FormProtectionTests {
    private let directory: TemporaryDirectory
    private let protection: FormProtection

    init() throws {
        self.directory = try TemporaryDirectory()
        self.protection = FormProtection(directory: self.directory.path)
    }

    private func refusal(
        token: String?,
        cookies: String?,
        isSecure: Bool = false,
        origin: String? = nil,
        fetchSite: String? = nil,
        host: String? = "127.0.0.1:8080",
        serverName: String? = "events.example.com",
        by protection: FormProtection? = nil
    ) -> FormProtection.Refusal? {
        (protection ?? self.protection).refusal(
            token: token,
            cookies: cookies,
            isSecure: isSecure,
            origin: origin,
            fetchSite: fetchSite,
            host: host,
            serverName: serverName
        )
    }

    @Test func aFormOfOurPageIsObeyedByEveryResponderOfTheSpool() {
        let visitor = self.protection.visitor(cookies: nil, isSecure: false)
        #expect(visitor.isNew)
        let cookies = "other=1; hydra_live=\(visitor.id)"
        #expect(self.protection.visitor(cookies: cookies, isSecure: false).id == visitor.id)
        let token = self.protection.token(for: visitor)
        #expect(self.refusal(token: token, cookies: cookies) == nil)
        #expect(
            self.refusal(token: token, cookies: cookies, by: FormProtection(directory: self.directory.path)) == nil
        )
    }

    @Test func aTokenOfAnotherBrowserAnotherSpoolOrNobodyIsRefused() throws {
        let visitor = self.protection.visitor(cookies: nil, isSecure: false)
        let token = self.protection.token(for: visitor)
        let cookies = "hydra_live=\(visitor.id)"
        #expect(self.refusal(token: nil, cookies: cookies) == .badToken)
        #expect(self.refusal(token: token, cookies: nil) == .badToken)
        #expect(self.refusal(token: token, cookies: "hydra_live=") == .badToken)
        #expect(self.refusal(token: visitor.id, cookies: cookies) == .badToken)
        #expect(self.refusal(token: String(token.dropLast()), cookies: cookies) == .badToken)
        #expect(self.refusal(token: token, cookies: "hydra_live=\(String(repeating: "0", count: 32))") == .badToken)
        let elsewhere = try TemporaryDirectory()
        #expect(
            self.refusal(token: token, cookies: cookies, by: FormProtection(directory: elsewhere.path)) == .badToken
        )
    }

    @Test(
        arguments: [
            (nil, nil, nil), ("http://127.0.0.1:8080", "same-origin", nil), ("null", "same-origin", nil),
            ("http://127.0.0.1:8080", nil, nil), ("null", nil, .otherSite), ("https://evil.example", nil, .otherSite),
            ("https://evil.example", "same-origin", .otherSite), ("http://127.0.0.1:9999", nil, .otherSite),
            (nil, "cross-site", .otherSite), (nil, "same-site", .otherSite), (nil, "none", .otherSite),
        ] as [(String?, String?, FormProtection.Refusal?)]
    )
    func whatTheBrowserSaysOfItsPageIsHeeded(
        origin: String?,
        fetchSite: String?,
        expected: FormProtection.Refusal?
    ) {
        let visitor = self.protection.visitor(cookies: nil, isSecure: false)
        let refusal = self.refusal(
            token: self.protection.token(for: visitor),
            cookies: "hydra_live=\(visitor.id)",
            origin: origin,
            fetchSite: fetchSite
        )
        #expect(refusal == expected)
    }

    @Test(
        arguments: [
            ("127.0.0.1:8080", true), ("[::1]:8080", true), ("localhost:8080", true), ("events.example.com", true),
            ("EVENTS.example.com:443", true), ("evil.example:8080", false), ("127.0.0.1.evil.example", false),
            ("1.2.3", false),
        ]
    )
    func aForeignNameThatLeadsHereIsRefused(host: String, isOurs: Bool) {
        let visitor = self.protection.visitor(cookies: nil, isSecure: false)
        let refusal = self.refusal(
            token: self.protection.token(for: visitor),
            cookies: "hydra_live=\(visitor.id)",
            host: host
        )
        #expect(refusal == (isOurs ? nil : .foreignHost))
    }

    @Test func byTLSTheCookieIsAnotherOneAndNeverGoesWithout() {
        let visitor = self.protection.visitor(cookies: "hydra_live=\(RandomIdentifier.traceId())", isSecure: true)
        #expect(visitor.isNew)
        let (name, value) = self.protection.setCookie(visitor, isSecure: true)
        #expect(name == "Set-Cookie")
        #expect(value == "hydra_live_tls=\(visitor.id); Path=/-/; HttpOnly; SameSite=Strict; Secure")
        #expect(!self.protection.setCookie(visitor, isSecure: false).1.contains("Secure"))
    }
}
