import Testing

@testable import HydraScreens

@Suite struct FormTokenTests {
    private let secret = [UInt8](repeating: 7, count: 32)

    @Test func aTokenIsValidForItsSessionAlone() {
        let token = FormToken.make(self.secret)
        #expect(FormToken.isValid(token, self.secret))
        #expect(!FormToken.isValid(token, [UInt8](repeating: 8, count: 32)))
        for other in [nil, "", "x", String(token.dropLast()), token + "0", token.uppercased()] as [String?] {
            #expect(!FormToken.isValid(other, self.secret), "\(other ?? "nil")")
        }
    }

    @Test func noCharacterOfItMayChange() {
        let token = Array(FormToken.make(self.secret))
        for place in token.indices {
            var changed = token
            changed[place] = changed[place] == "0" ? "1" : "0"
            #expect(!FormToken.isValid(String(changed), self.secret))
        }
    }

    /// Else a compressed page would tell it by its length.
    @Test func itLooksDifferentInEachPage() {
        #expect(Set((0..<50).map { _ in FormToken.make(self.secret) }).count == 50)
    }

    @Test(arguments: [
        ("a=1; __Host-hydra=x", "x"), ("__Host-hydra=x", "x"), ("__Host-hydra=x; __Host-hydra=y", "x"),
        (" __Host-hydra = x ;", "x"), ("__Host-hydra=a=b", "a=b"),
    ])
    func cookiesAreFoundByName(header: String, value: String) {
        #expect(Cookies.read(Cookies.session, in: header) == value)
    }

    @Test(arguments: [nil, "", "__Host-hydra", "x__Host-hydra=1", "__Host-hydra-form=1", "hydra=1"] as [String?])
    func othersAreNot(header: String?) {
        #expect(Cookies.read(Cookies.session, in: header) == nil)
    }

    @Test func cookiesAreForThisSiteOverTLSAndNotForScripts() {
        let cookie = Cookies.set(Cookies.session, .random(), seconds: 60)
        #expect(cookie.hasPrefix("__Host-hydra="))
        for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Max-Age=60"] {
            #expect(cookie.contains(part))
        }
        #expect(!cookie.contains("Domain"))
    }
}
