import Testing

@testable import Hydra

struct ExcerptTests {
    @Test(arguments: [
        ("", ""),
        (" \r\n\t ", ""),
        ("plain", "plain"),
        ("  two\r\n\t words\u{0}\u{2028}here ", "two words here"),
        ("right\u{202E}left", "right left"),
        ("é😀", "é😀"),
    ])
    func isOneLine(text: String, excerpt: String) {
        #expect(Excerpt.of(text) == excerpt)
    }

    @Test func isShort() {
        let excerpt = Excerpt.of(String(repeating: "ab ", count: 100_000))
        #expect(excerpt.unicodeScalars.count <= Excerpt.maximum + 2)
        #expect(excerpt.hasSuffix("…"))
        let exact = String(repeating: "x", count: Excerpt.maximum)
        #expect(Excerpt.of(exact) == exact)
    }
}
