/// The sources of data points about a company: its traits, its domain, and what was found in the network before.
///
/// Names: `company.domain`, `company.domainKind` (`company`, `education`, `government`, `organisation`), `company.name`,
/// `company.country`, `company.industry`, `company.employees`, `company.plan`. A pure function; a value, any thread.
package struct CompanySources: Sendable {
    package init() {}

    /// The highest confidence of what the network says: what a caller says of a company, with 1, always wins.
    private static let maximumNetworkConfidence = 0.95

    /// - Parameters:
    ///   - domain: of ``DomainName/registrable(_:)``; nil if it is not known.
    ///   - network: what a ``CompanyLookup`` found, to be shown beside the rest.
    /// - Returns: one point for each name, by name.
    package func dataPoints(domain: String?, traits: [TraitFact], network: [DataPoint] = []) -> [DataPoint] {
        // What follows from the domain is as old as the newest thing that is known.
        let time = traits.map(\.time).max() ?? 0
        let traits = TraitTable(traits)
        var points = DataPointCollection()
        if let (text, time) = traits.text("name", "companyname") {
            points.add(text: text, "company.name", .companyTrait, time, 1)
        }
        if let (text, time) = traits.text("industry", "vertical", "sector") {
            points.add("company.industry", .text(text.lowercased()), .companyTrait, time, 1)
        }
        if let fact = traits.first("employees", "employeecount", "numberofemployees", "size", "headcount"),
            let count = Self.count(fact.value)
        {
            points.add("company.employees", .number(count), .companyTrait, fact.time, 1)
        }
        if let (text, time) = traits.text("plan") {
            points.add("company.plan", .text(text.lowercased()), .companyTrait, time, 1)
        }
        if let (text, time) = traits.text("country", "countrycode") {
            points.add("company.country", .text(Country.code(text) ?? text), .companyTrait, time, 1)
        }
        if let domain { Self.read(domain, time, into: &points) }
        for point in network {
            let confidence = min(point.confidence, Self.maximumNetworkConfidence)
            points.add(point.name, point.value, point.source, point.time, confidence)
        }
        return points.sorted
    }

    private static func read(_ domain: String, _ time: Int64, into points: inout DataPointCollection) {
        points.add("company.domain", .text(domain), .domain, time, 1)
        let labels = domain.split(separator: ".")
        guard let name = labels.first, let top = labels.last else { return }
        let second = labels.count > 2 ? labels[labels.count - 2] : top
        let kind =
            if ["edu", "ac", "sch", "school"].contains(second) || top == "edu" {
                "education"
            } else if ["gov", "gob", "gouv", "mil", "govt", "go"].contains(second) || top == "gov" || top == "mil" {
                "government"
            } else if second == "org" || top == "org" || top == "ngo" {
                "organisation"
            } else {
                "company"
            }
        points.add("company.domainKind", .text(kind), .domain, time, 0.8)
        if let country = Country.ofTopLevelDomain(String(top)) {
            points.add("company.country", .text(country), .domain, time, 0.7)
        }
        // `acme-corp.com`: "Acme Corp". A name in punycode says nothing.
        guard !name.hasPrefix("xn--") else { return }
        let words = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        points.add(text: words.joined(separator: " "), "company.name", .domain, time, 0.4)
    }

    /// A number, a text that is one, or the lower end of a range: `51-200`, `1,000+`.
    private static func count(_ value: DataValue) -> Double? {
        switch value {
        case .number(let number): return number >= 0 && number <= 1e8 ? number : nil
        case .text(let text):
            let digits = text.trimmed.prefix(32).prefix { $0.isASCII && ($0.isNumber || $0 == "," || $0 == "'") }
                .filter(\.isNumber)
            return Double(digits).flatMap { $0 <= 1e8 ? $0 : nil }
        case .bool, .list: return nil
        }
    }
}
