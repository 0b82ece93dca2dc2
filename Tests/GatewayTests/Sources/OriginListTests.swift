import Gateway
import Testing

@Suite struct OriginListTests {
    @Test(
        arguments: [
            ([], "https://any.example", true),
            (["*"], "https://any.example", true),
            (["https://shop.example"], "https://shop.example", true),
            (["https://shop.example"], "HTTPS://SHOP.EXAMPLE", true),
            (["https://shop.example"], "http://shop.example", false),
            (["https://shop.example"], "https://shop.example.evil.test", false),
            (["https://*.shop.example"], "https://de.shop.example", true),
            (["https://*.shop.example"], "https://shop.example", false),
        ] as [([String], String, Bool)]
    )
    func allowsWhatIsListed(allowed: [String], origin: String, expected: Bool) {
        #expect(OriginList(allowed).allows(origin) == expected)
    }

    @Test func aClientThatIsNoBrowserSendsNoOriginAndIsLetThrough() {
        #expect(OriginList(["https://shop.example"]).allows(nil))
    }
}
