/// Countries by ISO 3166-1 codes.
///
/// Stateless; any thread.
package enum Country {
    /// Country-code domains that the whole world registers names under: they say nothing of a place.
    private static let generic: Set<String> = [
        "ac", "ag", "ai", "am", "as", "bz", "cc", "cd", "co", "cx", "dj", "fm", "gg", "gl", "gs", "im", "io", "is",
        "la",
        "li", "lc", "ly", "me", "mn", "ms", "mu", "nu", "pw", "sc", "sh", "so", "st", "tk", "tl", "to", "tv", "vc",
        "vg",
        "ws", "eu", "su",
    ]

    private static let names: [String: String] = [
        "argentina": "AR", "australia": "AU", "austria": "AT", "österreich": "AT", "belgium": "BE", "brazil": "BR",
        "brasil": "BR", "canada": "CA", "chile": "CL", "china": "CN", "colombia": "CO", "czechia": "CZ",
        "czech republic": "CZ", "denmark": "DK", "finland": "FI", "france": "FR", "germany": "DE", "deutschland": "DE",
        "greece": "GR", "hungary": "HU", "india": "IN", "indonesia": "ID", "ireland": "IE", "israel": "IL",
        "italy": "IT",
        "italia": "IT", "japan": "JP", "kenya": "KE", "korea": "KR", "south korea": "KR", "mexico": "MX",
        "méxico": "MX",
        "netherlands": "NL", "the netherlands": "NL", "new zealand": "NZ", "nigeria": "NG", "norway": "NO",
        "poland": "PL",
        "portugal": "PT", "romania": "RO", "russia": "RU", "singapore": "SG", "south africa": "ZA", "spain": "ES",
        "españa": "ES", "sweden": "SE", "switzerland": "CH", "schweiz": "CH", "taiwan": "TW", "thailand": "TH",
        "turkey": "TR", "türkiye": "TR", "ukraine": "UA", "united kingdom": "GB", "uk": "GB", "great britain": "GB",
        "england": "GB", "united states": "US", "united states of america": "US", "usa": "US", "vietnam": "VN",
    ]

    /// The code of a country that is named by its code or by its usual name.
    package static func code(_ text: String) -> String? {
        let trimmed = text.trimmed
        if let code = self.names[trimmed.lowercased()] { return code }
        guard trimmed.utf8.count == 2, trimmed.allSatisfy({ $0.isASCII && $0.isLetter }) else { return nil }
        return trimmed.uppercased()
    }

    /// The country of a top-level domain; nil for generic ones and those that are used as such.
    static func ofTopLevelDomain(_ top: String) -> String? {
        guard top.utf8.count == 2, !self.generic.contains(top) else { return nil }
        return top == "uk" ? "GB" : top.uppercased()
    }
}
