import Testing

@testable import HydraDataPoints

@Suite struct DomainNameTests {
    @Test(arguments: [
        ("example.com", "example.com"), ("Example.COM.", "example.com"),
        ("https://www.Example.co.uk/about?x=1", "www.example.co.uk"),
        ("http://user:pass@example.com:8080/", "example.com"), ("example.com#top", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example.", "xn--bcher-kva.example"), ("bücher。example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ])
    func findsTheHost(text: String, host: String) {
        #expect(DomainName.host(text) == host)
    }

    @Test(arguments: [
        "", "example", "http://", "192.0.2.1", "https://[2001:db8::1]/", "a..b", ".com", "-a.com", "a b.com", "a@b",
        "xn--a.example", "xn--\u{FF}.example", "\u{0}.com", "exa\u{0}mple.com",
        String(repeating: "ü", count: 5000) + ".de",
        String(repeating: "a", count: 64) + ".com", String(repeating: "a.", count: 130) + "com", "a.123",
    ])
    func findsNoHost(text: String) {
        #expect(DomainName.host(text) == nil)
    }

    @Test(arguments: [
        ("example.com", "example.com"), ("mail.eu.example.com", "example.com"), ("mail.example.co.uk", "example.co.uk"),
        ("example.com.au", "example.com.au"), ("shop.example.com.br", "example.com.br"),
        ("a.b.example.de", "example.de"), ("shop.acme.github.io", "acme.github.io"),
        ("a.b.city.kawasaki.jp", "city.kawasaki.jp"),
        ("www.xn--85x722f.com.cn", "xn--85x722f.com.cn"),
    ])
    func findsTheRegistrableDomain(host: String, domain: String) {
        #expect(DomainName.registrable(host) == domain)
    }

    @Test(arguments: ["co.uk", "com.au", "com"])
    func aPublicSuffixIsNobodys(host: String) {
        #expect(DomainName.registrable(host) == nil)
    }
}
