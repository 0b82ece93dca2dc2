package import JSON

/// schema.org's Organization, as a page's JSON-LD describes it.
///
/// A value; any thread.
package struct Organization: Sendable, Equatable {
    package var name: String?
    package var description: String?
    package var industry: String?
    package var employees: Double?
    /// A year, a month or a day: `2004`, `2004-05`, `2004-05-17`.
    package var founded: String?
    /// As the page has it: a code or a name.
    package var country: String?
    /// Profiles elsewhere: URLs.
    package var profiles: [String] = []

    /// Types that are organisations without having the word in their name; there are hundreds below LocalBusiness.
    private static let types: Set<String> = [
        "corporation", "localbusiness", "ngo", "airline", "consortium", "onlinestore", "onlinebusiness",
        "professionalservice", "financialservice", "store", "restaurant", "hotel", "library", "school",
        "collegeoruniversity", "softwarecompany", "legalservice", "medicalbusiness", "insuranceagency",
        "bankorcreditunion",
    ]

    /// The first organisation of a script.
    package init?(jsonLD root: JSONValue) {
        // A page may nest as it likes: so many objects are looked at, in order of their depth.
        var waiting = [root]
        var seen = 0
        while !waiting.isEmpty, seen < SourcingLimits.objects {
            let value = waiting.removeFirst()
            seen += 1
            if value.isArray {
                waiting.append(contentsOf: value.elements.prefix(SourcingLimits.objects))
            } else if value.isObject {
                if Self.isOrganization(value["@type"]), let name = Self.text(value["name"]) {
                    self.init(value, name: name)
                    return
                }
                for member in [value["@graph"], value["publisher"], value["mainEntity"], value["about"]] {
                    if let member { waiting.append(member) }
                }
            }
        }
        return nil
    }

    private init(_ value: JSONValue, name: String) {
        self.name = name
        self.description = Self.text(value["description"])
        self.industry = Self.text(value["industry"])
        self.employees = Self.number(value["numberOfEmployees"])
        self.founded = value["foundingDate"]?.string.flatMap { Self.date($0) }
        self.country = Self.country(value["address"])
        let profiles = value["sameAs"].map { $0.isArray ? Array($0.elements.prefix(SourcingLimits.listItems)) : [$0] }
        self.profiles = (profiles ?? []).compactMap(\.string).filter { Self.isURL($0) }
    }

    private static func isOrganization(_ type: JSONValue?) -> Bool {
        guard let type else { return false }
        let names = type.isArray ? type.elements.prefix(10).compactMap(\.string) : [type.string].compactMap(\.self)
        return names.contains { name in
            let short = (name.split(separator: "/").last ?? "").lowercased()
            return short.hasSuffix("organization") || self.types.contains(short)
        }
    }

    /// A text, the first of several, or the name of a thing.
    private static func text(_ value: JSONValue?) -> String? {
        guard let value else { return nil }
        switch value.kind {
        case .string: return PlainText.cleaned(value.string)
        case .array: return value.elements.prefix(5).lazy.compactMap { PlainText.cleaned($0.string) }.first
        case .object: return PlainText.cleaned(value["name"]?.string)
        case .number, .true, .false, .null: return nil
        }
    }

    /// A number, a text that begins with one, or the lower end of a QuantitativeValue.
    private static func number(_ value: JSONValue?) -> Double? {
        guard let value else { return nil }
        let number: Double? =
            switch value.kind {
            case .number: value.double
            case .string:
                Double((value.string ?? "").prefix(16).prefix { "0123456789,".contains($0) }.filter { $0 != "," })
            case .object:
                [value["value"], value["minValue"]].lazy.compactMap { member in
                    member?.double ?? member?.string.flatMap { Double($0.prefix(16)) }
                }.first
            case .array, .true, .false, .null: nil
            }
        return number.flatMap { $0 >= 1 && $0 <= 1e8 ? $0 : nil }
    }

    private static func date(_ text: String) -> String? {
        let date = text.prefix(10)
        let parts = date.split(separator: "-", omittingEmptySubsequences: false)
        let widths = [4, 2, 2]
        guard (1...3).contains(parts.count),
            zip(parts, widths).allSatisfy({ $0.count == $1 && $0.allSatisfy(\.isASCII) }),
            parts.allSatisfy({ $0.allSatisfy(\.isNumber) })
        else { return nil }
        return String(date)
    }

    private static func country(_ address: JSONValue?) -> String? {
        guard let address else { return nil }
        let first = address.isArray ? address.elements.first { $0.isObject } : address
        return self.text(first?["addressCountry"])
    }

    private static func isURL(_ text: String) -> Bool {
        text.utf8.count <= SourcingLimits.textCharacters && (text.hasPrefix("https://") || text.hasPrefix("http://"))
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
    }
}
