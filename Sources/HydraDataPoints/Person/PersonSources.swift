package import HydraRoles

/// The sources of data points about a person that need no network: e-mail, name, title, context, user agent, campaign.
///
/// Names: `email.kind`, `email.domain`, `email.isRoleAccount`, `name.full`, `name.first`, `name.last`, `role.function`,
/// `role.seniority`, `locale.language`, `locale.region`, `timezone`, `country`, `city`, `device.type`,
/// `device.manufacturer`, `device.model`, `os.name`, `os.version`, `browser.name`, `browser.version`, `isBot`,
/// `campaign.source`, `…medium`, `…name`, `…term`, `…content`. What a trait says outright is surest, then what the newest
/// call's context says, then what is concluded. A pure function; a value, any thread.
package struct PersonSources: Sendable {
    private let roles: RoleReader

    package init(roles: RoleReader = RoleReader()) {
        self.roles = roles
    }

    /// - Parameter contexts: the newest first.
    /// - Returns: one point for each name, by name.
    package func dataPoints(traits: [TraitFact], contexts: [ContextFact]) -> [DataPoint] {
        let traits = TraitTable(traits)
        var points = DataPointCollection()
        let email = traits.text("email").flatMap { text, time in EmailAddress(text).map { ($0, time) } }
        if let (address, time) = email { Self.read(address, time, into: &points) }
        Self.readName(traits, email, into: &points)
        if let (title, time) = traits.text("title", "jobtitle"), let role = self.roles.read(title) {
            let confidence = role.evidence.isEmpty ? 0.2 : 0.9
            points.add("role.function", .text(role.function.rawValue), .title, time, confidence)
            points.add("role.seniority", role.seniority.map { .text($0.rawValue) }, .title, time, confidence)
        }
        Self.readPlace(traits, contexts, into: &points)
        Self.readDevice(contexts, into: &points)
        for name in ["source", "medium", "name", "term", "content"] {
            guard let context = contexts.first(where: { $0.campaign[name] != nil }) else { continue }
            points.add(text: context.campaign[name], "campaign.\(name)", .campaign, context.time, 0.9)
        }
        return points.sorted
    }

    private static func read(_ address: EmailAddress, _ time: Int64, into points: inout DataPointCollection) {
        points.add("email.kind", .text(address.kind.rawValue), .email, time, 0.95)
        points.add("email.domain", .text(address.domain), .email, time, 1)
        points.add("email.isRoleAccount", .bool(address.isRoleAccount), .email, time, 0.9)
    }

    // MARK: Name

    private static func readName(
        _ traits: TraitTable,
        _ email: (EmailAddress, Int64)?,
        into points: inout DataPointCollection
    ) {
        let first = traits.text("firstname", "givenname")
        let last = traits.text("lastname", "familyname", "surname")
        let full = traits.text("name", "fullname")
        points.add(text: first?.text, "name.first", .name, first?.time ?? 0, 1)
        points.add(text: last?.text, "name.last", .name, last?.time ?? 0, 1)
        points.add(text: full?.text, "name.full", .name, full?.time ?? 0, 1)
        if first != nil || last != nil {
            let parts = [first?.text, last?.text].compactMap(\.self).joined(separator: " ")
            points.add(text: parts, "name.full", .name, max(first?.time ?? 0, last?.time ?? 0), 0.95)
        }
        if let full {
            let words = full.text.split(whereSeparator: \.isWhitespace)
            if words.count >= 2, let head = words.first {
                points.add(text: String(head), "name.first", .name, full.time, 0.7)
                points.add(text: words.dropFirst().joined(separator: " "), "name.last", .name, full.time, 0.6)
            }
        }
        // `john.doe@` is a name; `jd1983@`, `info@` and one word are not.
        guard let (address, time) = email, !address.isRoleAccount else { return }
        let words = address.local.prefix { $0 != "+" }.split(whereSeparator: { "._-".contains($0) })
        guard words.count == 2, words.allSatisfy({ $0.count >= 2 && $0.allSatisfy(\.isLetter) }) else { return }
        let names = words.map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
        points.add("name.first", .text(names[0]), .email, time, 0.5)
        points.add("name.last", .text(names[1]), .email, time, 0.5)
        points.add("name.full", .text(names.joined(separator: " ")), .email, time, 0.5)
    }

    // MARK: Place

    private static func readPlace(
        _ traits: TraitTable,
        _ contexts: [ContextFact],
        into points: inout DataPointCollection
    ) {
        if let (text, time) = traits.text("timezone") { points.add(text: text, "timezone", .context, time, 1) }
        if let (text, time) = traits.text("country", "countrycode") {
            points.add("country", .text(Country.code(text) ?? text), .context, time, 1)
        }
        if let (text, time) = traits.text("city") { points.add(text: text, "city", .context, time, 1) }
        if let (text, time) = traits.text("locale", "language") { self.read(locale: text, time, 0.95, into: &points) }
        if let context = contexts.first(where: { $0.timezone != nil }), let zone = context.timezone {
            points.add(text: zone, "timezone", .context, context.time, 0.9)
            points.add("country", TimeZones.country(zone).map { .text($0) }, .context, context.time, 0.5)
        }
        if let context = contexts.first(where: { $0.country != nil }), let country = context.country {
            points.add("country", .text(Country.code(country) ?? country), .context, context.time, 0.9)
        }
        if let context = contexts.first(where: { $0.city != nil }) {
            points.add(text: context.city, "city", .context, context.time, 0.9)
        }
        if let context = contexts.first(where: { $0.locale != nil }), let locale = context.locale {
            self.read(locale: locale, context.time, 0.9, into: &points)
        }
    }

    /// `de-AT`, `pt_BR.UTF-8`, `zh-Hant-TW`: language and region by BCP 47.
    private static func read(
        locale: String,
        _ time: Int64,
        _ confidence: Double,
        into points: inout DataPointCollection
    ) {
        let tags = locale.prefix(40).prefix { $0 != "." && $0 != "@" }.split(whereSeparator: { $0 == "-" || $0 == "_" })
        guard let language = tags.first, (2...3).contains(language.count),
            language.allSatisfy({ $0.isASCII && $0.isLetter })
        else { return }
        points.add("locale.language", .text(language.lowercased()), .context, time, confidence)
        let region = tags.dropFirst().first { $0.count == 2 && $0.allSatisfy { $0.isASCII && $0.isLetter } }
        guard let region else { return }
        points.add("locale.region", .text(region.uppercased()), .context, time, confidence)
        points.add("country", .text(region.uppercased()), .context, time, 0.6)
    }

    // MARK: Device

    private static func readDevice(_ contexts: [ContextFact], into points: inout DataPointCollection) {
        if let context = contexts.first(where: { $0.userAgent != nil }), let text = context.userAgent {
            let agent = UserAgent(text)
            points.add(text: agent.browser, "browser.name", .userAgent, context.time, 0.8)
            points.add(text: agent.browserVersion, "browser.version", .userAgent, context.time, 0.8)
            points.add(text: agent.system, "os.name", .userAgent, context.time, 0.8)
            points.add(text: agent.systemVersion, "os.version", .userAgent, context.time, 0.7)
            points.add(text: agent.device, "device.type", .userAgent, context.time, 0.8)
            points.add("isBot", .bool(agent.isBot), .userAgent, context.time, agent.isBot ? 0.9 : 0.7)
        }
        if let context = contexts.first(where: { $0.osName != nil }) {
            points.add(text: context.osName, "os.name", .context, context.time, 0.9)
            points.add(text: context.osVersion, "os.version", .context, context.time, 0.9)
        }
        if let context = contexts.first(where: { $0.deviceModel != nil || $0.deviceType != nil }) {
            // The SDKs for phones call the system the device's type.
            let type =
                switch context.deviceType?.lowercased() {
                case "ios", "android": "phone"
                case let other: other
                }
            points.add(text: type, "device.type", .context, context.time, 0.9)
            points.add(text: context.deviceManufacturer, "device.manufacturer", .context, context.time, 0.9)
            points.add(text: context.deviceModel, "device.model", .context, context.time, 0.9)
        }
    }
}
