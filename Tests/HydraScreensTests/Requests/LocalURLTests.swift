import Testing

@testable import HydraScreens

@Suite struct LocalURLTests {
    @Test func emptyPartsAreLeftOutAndAllElseIsEncoded() {
        #expect(LocalURL.make("/persons", ["q": "a&b=ü+", "sort": nil, "role": ""]) == "/persons?q=a%26b%3D%C3%BC%2B")
        #expect(LocalURL.make("/persons") == "/persons")
    }

    @Test(arguments: ["/persons", "/persons?q=a%20b&x=1", "/companies/c_1#use"])
    func addressesOfThisSiteAreGoneBackTo(text: String) {
        #expect(LocalURL.safe(text) == text)
    }

    @Test(arguments: [
        "//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/a b", "/a\nb", "/a\u{0}", "/\u{e9}",
        "/sign-out", "/sign-in?next=/", "javascript:alert(1)", "\\\\evil.example",
    ])
    func othersAreNot(text: String) {
        #expect(LocalURL.safe(text) == nil)
    }
}
