import HydraDataPoints

extension PageFacts {
    /// How much less is believed of a page of somebody else, to which the company's domain leads: a parent company,
    /// or whoever parks the domain.
    private static let foreign = 0.6

    /// Names: `company.name`, `company.description`, `company.pageTitle`, `company.pageType`, `company.language`,
    /// `company.industry`, `company.employees`, `company.founded`, `company.country`, `company.profiles`.
    ///
    /// - Parameters:
    ///   - host: of the page, after all redirects.
    ///   - domain: of the company.
    func points(host: String, domain: String, at time: Int64) -> [DataPoint] {
        let weight = DomainName.registrable(host) == domain ? 1 : Self.foreign
        var points: [DataPoint] = []
        func add(_ name: String, _ value: DataValue?, _ confidence: Double) {
            guard let value, !points.contains(where: { $0.name == name }) else { return }
            points.append(
                DataPoint(name: name, value: value, source: .homePage, time: time, confidence: confidence * weight)
            )
        }
        func add(_ name: String, text: String?, _ confidence: Double) {
            add(name, text.map { .text($0) }, confidence)
        }
        // The surest of each name stands first.
        add("company.name", text: self.organization?.name, 0.85)
        add("company.name", text: self.openGraph["og:site_name"], 0.75)
        add("company.description", text: self.organization?.description, 0.8)
        add("company.description", text: self.openGraph["og:description"], 0.75)
        add("company.description", text: self.description, 0.7)
        add("company.pageTitle", text: self.title, 0.9)
        add("company.pageTitle", text: self.openGraph["og:title"], 0.8)
        add("company.pageType", text: self.openGraph["og:type"]?.lowercased(), 0.6)
        add("company.language", text: self.locale, 0.7)
        add("company.industry", text: self.organization?.industry?.lowercased(), 0.7)
        add("company.employees", self.organization?.employees.map { .number($0) }, 0.7)
        add("company.founded", text: self.organization?.founded, 0.8)
        add("company.country", text: self.organization?.country.map { Country.code($0) ?? $0 }, 0.75)
        if let profiles = self.organization?.profiles, !profiles.isEmpty {
            add("company.profiles", .list(profiles), 0.8)
        }
        return points
    }
}
