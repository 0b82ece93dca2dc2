import HydraRoles
import Testing

@testable import HydraDataPoints

/// What is known of a person without asking the network.
@Suite struct PersonSourcesTests {
    private func points(
        _ traits: [(String, DataValue)] = [],
        _ contexts: [ContextFact] = []
    ) -> [String: DataPoint] {
        let facts = traits.map { TraitFact(name: $0.0, value: $0.1, time: 1000) }
        let points = PersonSources().dataPoints(traits: facts, contexts: contexts)
        #expect(points.map(\.name) == points.map(\.name).sorted())
        return Dictionary(uniqueKeysWithValues: points.map { ($0.name, $0) })
    }

    @Test func theContractsExample() {
        let points = self.points([
            ("email", .text("john.doe@example.com")), ("firstname", .text("John")), ("lastname", .text("Doe")),
            ("title", .text("VP of Happiness")),
        ])
        #expect(points["email.kind"]?.value == .text("work"))
        #expect(points["name.full"]?.value == .text("John Doe"))
        #expect(points["role.function"]?.value == .text("people"))
        #expect(points["role.seniority"]?.value == .text("vp"))
        #expect(points["role.function"]?.source == .title)
        #expect(points["role.function"]?.time == 1000)
    }

    static let names: [(email: String, expected: String?)] = [
        ("john.doe@acme.example", "John Doe"), ("JOHN_DOE@acme.example", "John Doe"),
        ("mary-ann@acme.example", "Mary Ann"), ("john.doe+news@acme.example", "John Doe"),
        ("jd1983@acme.example", nil), ("j.doe@acme.example", nil), ("info@acme.example", nil),
        ("john.r.doe@acme.example", nil), ("sales.team@acme.example", "Sales Team"),
    ]

    @Test(arguments: Self.names.indices)
    func aNameIsGuessedFromTheAddress(index: Int) {
        let (email, expected) = Self.names[index]
        #expect(self.points([("email", .text(email))])["name.full"]?.value == expected.map { .text($0) })
    }

    @Test func whatATraitSaysIsSurerThanWhatIsConcluded() {
        let context = ContextFact(time: 2000, locale: "de-DE", timezone: "Europe/Vienna", country: "Switzerland")
        #expect(self.points([("country", .text("France"))], [context])["country"]?.value == .text("FR"))
        #expect(self.points([], [context])["country"]?.value == .text("CH"))
        #expect(
            self.points([], [ContextFact(time: 1, locale: "de-DE", timezone: "Europe/Vienna")])["country"]?.value
                == .text("DE")
        )
        #expect(self.points([], [ContextFact(time: 1, timezone: "Europe/Vienna")])["country"]?.value == .text("AT"))
        #expect(self.points([], [context])["locale.language"]?.value == .text("de"))
    }

    static let locales: [(locale: String, language: String?, region: String?)] = [
        ("de-AT", "de", "AT"), ("pt_BR.UTF-8", "pt", "BR"), ("zh-Hant-TW", "zh", "TW"), ("en", "en", nil),
        ("C", nil, nil), ("", nil, nil), ("😀", nil, nil), ("en-US-u-ca-buddhist", "en", "US"),
        (String(repeating: "x", count: 10_000), nil, nil),
    ]

    @Test(arguments: Self.locales.indices)
    func localesAreReadByTheirTags(index: Int) {
        let (locale, language, region) = Self.locales[index]
        let points = self.points([], [ContextFact(time: 1, locale: locale)])
        #expect(points["locale.language"]?.value == language.map { .text($0) })
        #expect(points["locale.region"]?.value == region.map { .text($0) })
    }

    @Test func theNewestContextThatSaysSomethingDecides() {
        let points = self.points(
            [],
            [
                ContextFact(time: 3, locale: "en-GB"),
                ContextFact(
                    time: 2,
                    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
                ),
                ContextFact(time: 1, locale: "fr-FR", campaign: ["source": "news"]),
            ]
        )
        #expect(points["locale.language"]?.value == .text("en"))
        #expect(points["browser.name"]?.value == .text("Firefox"))
        #expect(points["campaign.source"]?.value == .text("news"))
        #expect(points["campaign.source"]?.time == 1)
    }

    @Test func phonesSayMoreThanTheirUserAgents() {
        let context = ContextFact(
            time: 1,
            userAgent: "analytics-ios/4.1",
            deviceType: "ios",
            deviceManufacturer: "Apple",
            deviceModel: "iPhone15,2",
            osName: "iOS",
            osVersion: "18.1"
        )
        let points = self.points([], [context])
        #expect(points["device.type"]?.value == .text("phone"))
        #expect(points["device.model"]?.value == .text("iPhone15,2"))
        #expect(points["os.version"]?.value == .text("18.1"))
    }

    @Test(arguments: [DataValue.number(1e300), .bool(true), .list(["a", "b"]), .text(""), .text(" "), .text("\u{0}")])
    func traitsOfAnyTypeAreTaken(value: DataValue) {
        let names = ["email", "name", "firstname", "title", "country", "timezone", "locale", "city"]
        let points = self.points(names.map { ($0, value) })
        #expect(points["email.kind"] == nil)
    }

    @Test func theOrderOfTraitsDoesNotMatter() {
        var traits = [
            TraitFact(name: "email", value: .text("john.doe@example.com"), time: 1),
            TraitFact(name: "name", value: .text("John Q. Doe"), time: 2),
            TraitFact(name: "title", value: .text("CTO"), time: 3),
            TraitFact(name: "country", value: .text("de"), time: 4),
        ]
        let expected = PersonSources().dataPoints(traits: traits, contexts: [])
        for _ in 0..<20 {
            traits.shuffle()
            #expect(PersonSources().dataPoints(traits: traits, contexts: []) == expected)
        }
    }
}
