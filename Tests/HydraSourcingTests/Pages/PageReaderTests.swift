import HydraDataPoints
import TestSupport
import Testing

@testable import HydraSourcing

/// Whatever stands in a page, what can be read is read, and nothing takes long.
@Suite struct PageReaderTests {
    private func read(_ body: [UInt8], _ contentType: String = "text/html") -> PageFacts {
        PageReader.read(Page(host: "acme.example", contentType: contentType, body: body, isCut: false))
    }

    private func read(_ html: String) -> PageFacts {
        self.read(Array(html.utf8), "text/html; charset=utf-8")
    }

    private static let page = """
        <!doctype html><html lang="de-AT"><head><title>
          Acme &amp; Sons — Home </title>
        <meta name="Description" content="We make &quot;everything&quot;.">
        <meta property="og:title" content="Acme"><meta property="og:site_name" content="Acme Sons">
        <meta property="og:description" content="Everything, made."><meta property="og:type" content="website">
        <meta property="og:locale" content="de_AT"><meta property="og:title" content="second">
        <script>if (a < b) { document.write("<title>no</title>") }</script>
        <script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"no"},
        {"@type":["Thing","Organization"],"name":"Acme & Sons GmbH","description":"Makers","industry":"Manufacturing",
        "numberOfEmployees":{"@type":"QuantitativeValue","minValue":51,"maxValue":200},"foundingDate":"1951-03-01",
        "address":{"@type":"PostalAddress","addressCountry":"Austria"},
        "sameAs":["https://www.linkedin.com/company/acme","javascript:alert(1)"]}]}</script></head><body></body></html>
        """

    @Test func aPageIsRead() throws {
        let facts = self.read(Self.page)
        #expect(facts.title == "Acme & Sons — Home")
        #expect(facts.description == #"We make "everything"."#)
        #expect(facts.openGraph["og:title"] == "Acme")
        #expect(facts.openGraph.count == 5)
        #expect(facts.language == "de-AT")
        let organization = try #require(facts.organization)
        #expect(organization.name == "Acme & Sons GmbH")
        #expect(organization.employees == 51)
        #expect(organization.founded == "1951-03-01")
        #expect(organization.country == "Austria")
        #expect(organization.profiles == ["https://www.linkedin.com/company/acme"])
    }

    @Test func itsPointsHaveSourceAndConfidence() throws {
        let points = self.read(Self.page).points(host: "www.acme.example", domain: "acme.example", at: 5)
        let byName = Dictionary(uniqueKeysWithValues: points.map { ($0.name, $0) })
        #expect(byName["company.name"]?.value == .text("Acme & Sons GmbH"))
        #expect(byName["company.industry"]?.value == .text("manufacturing"))
        #expect(byName["company.employees"]?.value == .number(51))
        #expect(byName["company.country"]?.value == .text("AT"))
        #expect(byName["company.language"]?.value == .text("de-AT"))
        #expect(byName["company.founded"]?.value == .text("1951-03-01"))
        #expect(points.allSatisfy { $0.source == .homePage && $0.time == 5 && $0.confidence < 1 })
        let foreign = self.read(Self.page).points(host: "parking.example", domain: "acme.example", at: 5)
        #expect(zip(points, foreign).allSatisfy { $0.confidence > $1.confidence })
    }

    @Test(arguments: [
        ("{\"@type\":\"Corporation\",\"name\":\"A\",\"numberOfEmployees\":\"1,200+\"}", 1_200.0),
        ("[{\"@type\":\"https://schema.org/NGO\",\"name\":\"A\",\"numberOfEmployees\":7}]", 7),
        (
            "{\"@type\":\"WebSite\",\"publisher\":{\"@type\":\"Organization\",\"name\":\"A\",\"numberOfEmployees\":{\"value\":\"9\"}}}",
            9
        ),
    ])
    func organisationsAreFoundWhereTheyStand(json: String, employees: Double) {
        let facts = self.read("<script type='application/ld+json'>\(json)</script>")
        #expect(facts.organization?.name == "A")
        #expect(facts.organization?.employees == employees)
    }

    @Test(arguments: [
        "{\"@type\":\"Organization\"}", "{\"@type\":\"Person\",\"name\":\"A\"}", "{", "null", "[[[[]]]]", "",
        "{\"@type\":7,\"name\":\"A\"}", "{\"@type\":\"Organization\",\"name\":7}",
        "{\"@type\":\"Organization\",\"name\":\"\\u200b \"}",
    ])
    func whatIsNoOrganisationIsPassedOver(json: String) {
        #expect(self.read("<title>t</title><script type=application/ld+json>\(json)</script>").organization == nil)
    }

    // MARK: Encodings

    @Test(
        arguments: [
            // Header, page's own words, bytes of "é".
            ("text/html; charset=utf-8", "", [0xc3, 0xa9]), ("text/html;charset=\"ISO-8859-1\"", "", [0xe9]),
            ("text/html", "", [0xc3, 0xa9]), ("text/html", "", [0xe9]),
            ("text/html", "<meta charset=utf-8>", [0xc3, 0xa9]), ("text/html", "<meta charset='windows-1252'>", [0xe9]),
            ("text/html", "<META HTTP-EQUIV=Content-Type CONTENT=\"text/html; charset=iso-8859-15\">", [0xe9]),
            ("text/html; charset=nonsense", "<meta charset=latin1>", [0xe9]),
            ("text/html; charset=iso-8859-2", "<meta charset=utf-8>", [0xe9]),
        ] as [(String, String, [UInt8])]
    )
    func theEncodingIsFound(contentType: String, declaration: String, bytes: [UInt8]) {
        let page = Array("<html>\(declaration)<title>caf".utf8) + bytes + Array("</title>".utf8)
        #expect(self.read(page, contentType).title == "café")
    }

    @Test func byteOrderMarksAndOtherAlphabetsAreRead() {
        let utf8 = [0xef, 0xbb, 0xbf] + Array("<title>é</title>".utf8)
        #expect(self.read(utf8, "text/html; charset=iso-8859-1").title == "é")
        let big: [UInt8] = [0xfe, 0xff] + "<title>日本</title>".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        #expect(self.read(big).title == "日本")
        let japanese =
            Array("<meta charset=Shift_JIS><title>".utf8) + [0x93, 0xfa, 0x96, 0x7b] + Array("</title>".utf8)
        #expect(self.read(japanese).title == "日本")
        let russian = Array("<title>".utf8) + [0xcf, 0xf0, 0xe8] + Array("</title>".utf8)
        #expect(self.read(russian, "text/html; charset=windows-1251").title == "При")
    }

    @Test func invalidBytesAreRepaired() {
        let utf8 = Array("<title>a".utf8) + [0xff, 0xc3] + Array("b\0c</title><meta name=description content=d>".utf8)
        let facts = self.read(utf8, "text/html; charset=utf-8")
        #expect(facts.title == "a\u{fffd}\u{fffd}b c")
        #expect(facts.description == "d")
        let japanese = Array("<title>a".utf8) + [0xff, 0x93] + Array("</title><meta name=description content=d>".utf8)
        #expect(self.read(japanese, "text/html; charset=shift_jis").description == "d")
    }

    // MARK: Hostile pages

    @Test func brokenHTMLIsRead() {
        let facts = self.read("<p><b><title>A<meta name=description content='b'></p></i><<<>><tab<le></title")
        #expect(facts.title?.hasPrefix("A") == true)
        #expect(self.read("<meta name=description content=b <title>x").description == "b")
        #expect(self.read("").title == nil)
        #expect(self.read("<").title == nil)
        #expect(self.read("\u{0}\u{1}").title == nil)
    }

    private static func many(_ count: Int, _ text: (Int) -> String) -> String {
        (0..<count).map { text($0) }.joined(separator: " ")
    }

    private static func many(_ count: Int, _ text: String) -> String {
        String(repeating: text, count: count)
    }

    private static let hostile: [(name: String, html: String)] = [
        ("deep", Self.many(100_000, "<div>")),
        ("deep and misnested", Self.many(80_000, "<b><i>")),
        ("wide", Self.many(170_000, "<p>")),
        ("one tag of attributes", "<a " + Self.many(80_000) { "a\($0)" }),
        ("its end in quotes", "<a " + Self.many(60_000) { "a\($0)='>'" }),
        ("tags of attributes", Self.many(15, "<a " + Self.many(7_000) { "a\($0)" } + ">")),
        ("scripts", Self.many(11_000, "<script type='application/ld+json'>{}</script>")),
        ("deep JSON", "<script type='application/ld+json'>" + Self.many(60_000, "[") + "</script>"),
        ("entities", Self.entities),
        ("references", Self.many(128_000, "&amp")),
        ("comments", Self.many(128_000, "<!--")),
        ("titles", Self.many(70_000, "<title>")),
        ("a long title", "<title>" + Self.many(520_000, "x")),
    ]

    /// Each is ten of the one before.
    private static var entities: String {
        let definitions = Self.many(10) { "<!ENTITY e\($0 + 1) '" + Self.many(10, "&e\($0);") + "'>" }
        return "<!DOCTYPE html [\(definitions)]><p>&e10;</p>"
    }

    @Test(.timeLimit(.minutes(1)), arguments: Self.hostile.indices)
    func aHostilePageTakesNoTime(index: Int) {
        let (name, html) = Self.hostile[index]
        let head = "<title>Acme</title><meta name=description content=d>"
        let page = Array((head + html).utf8.prefix(512 << 10))
        let began = ContinuousClock.now
        let facts = self.read(page, "text/html; charset=utf-8")
        let took = ContinuousClock.now - began
        #expect(took < .seconds(60), "\(name) took \(took)")
        #expect(facts.title == "Acme")
        #expect(facts.description == "d")
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func aDamagedPageIsReadToo(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let types = [
            "text/html", "text/html; charset=utf-8", "text/html; charset=shift_jis", "text/html; charset=utf-16",
        ]
        for _ in 0..<250 {
            let facts = self.read(
                generator.damaged(Array(Self.page.utf8)),
                types.randomElement(using: &generator) ?? ""
            )
            for text in [facts.title, facts.description, facts.organization?.name, facts.openGraph["og:title"]] {
                #expect(text.map { $0.unicodeScalars.count <= 500 && !$0.isEmpty } ?? true)
            }
            #expect(facts.points(host: "acme.example", domain: "acme.example", at: 0).allSatisfy { $0.confidence < 1 })
        }
    }

    @Test func nothingIsLoaded() {
        let facts = self.read(
            """
            <!DOCTYPE html SYSTEM "file:///etc/passwd" [<!ENTITY x SYSTEM "file:///etc/hostname">]>
            <title>a&x;b</title>
            """
        )
        #expect(facts.title == "a&x;b")
    }
}
