import Testing

@testable import HydraDataPoints

@Suite struct CompanySourcesTests {
    private func values(_ domain: String?, _ traits: [(String, DataValue)] = []) -> [String: DataValue] {
        let points = CompanySources().dataPoints(
            domain: domain,
            traits: traits.map { TraitFact(name: $0.0, value: $0.1, time: 5) }
        )
        return Dictionary(uniqueKeysWithValues: points.map { ($0.name, $0.value) })
    }

    @Test func theNetworkNeverOverrulesWhatACallerSaid() {
        func point(_ name: String, _ value: String, _ confidence: Double) -> DataPoint {
            DataPoint(name: name, value: .text(value), source: .homePage, time: 9_000, confidence: confidence)
        }
        let points = CompanySources().dataPoints(
            domain: "acme.com",
            traits: [TraitFact(name: "industry", value: .text("Robots"), time: 5)],
            network: [point("company.industry", "games", 1), point("company.name", "Acme Inc", 0.8)]
        )
        let byName = Dictionary(uniqueKeysWithValues: points.map { ($0.name, $0) })
        #expect(byName["company.industry"]?.value == .text("robots"))
        // What the domain suggests is a guess.
        #expect(byName["company.name"] == point("company.name", "Acme Inc", 0.8))
        let alone = CompanySources().dataPoints(
            domain: nil,
            traits: [],
            network: [point("company.industry", "games", 1)]
        )
        #expect(alone.map(\.confidence) == [0.95])
    }

    static let domains: [(domain: String, name: String?, country: String?, kind: String)] = [
        ("acme-corp.com", "Acme Corp", nil, "company"), ("example.de", "Example", "DE", "company"),
        ("example.co.uk", "Example", "GB", "company"), ("ox.ac.uk", "Ox", "GB", "education"),
        ("mit.edu", "Mit", nil, "education"), ("service.gov.uk", "Service", "GB", "government"),
        ("wikimedia.org", "Wikimedia", nil, "organisation"), ("startup.io", "Startup", nil, "company"),
        ("xn--bcher-kva.de", nil, "DE", "company"),
    ]

    @Test(arguments: Self.domains.indices)
    func theDomainTellsNameCountryAndKind(index: Int) {
        let (domain, name, country, kind) = Self.domains[index]
        let values = self.values(domain)
        #expect(values["company.domain"] == .text(domain))
        #expect(values["company.name"] == name.map { .text($0) })
        #expect(values["company.country"] == country.map { .text($0) })
        #expect(values["company.domainKind"] == .text(kind))
    }

    static let sizes: [(value: DataValue, count: Double?)] = [
        (.number(42), 42), (.text("42"), 42), (.text("51-200"), 51), (.text("1,000+"), 1000), (.text("many"), nil),
        (.number(-3), nil), (.number(1e300), nil), (.bool(true), nil), (.list(["3"]), nil), (.text(""), nil),
    ]

    @Test(arguments: Self.sizes.indices)
    func employeesAreCountedHoweverTheyAreWritten(index: Int) {
        let (value, count) = Self.sizes[index]
        for name in ["employees", "employeecount", "size"] {
            #expect(self.values(nil, [(name, value)])["company.employees"] == count.map { .number($0) })
        }
    }

    @Test func whatATraitSaysIsSurerThanTheDomain() {
        let values = self.values("acme.de", [("name", .text("ACME SE")), ("country", .text("Austria"))])
        #expect(values["company.name"] == .text("ACME SE"))
        #expect(values["company.country"] == .text("AT"))
    }
}
