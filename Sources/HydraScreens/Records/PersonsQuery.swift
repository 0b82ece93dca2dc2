/// What a list of persons is asked for, as its address says it.
///
/// A value; any thread.
struct PersonsQuery {
    /// In the address, persons without a persona: an empty value means all.
    static let withoutPersona = "(none)"

    static let trends = ["rising", "steady", "falling", "new", "dormant", "none"]
    static let labels = [
        "power_user", "struggling", "gone_quiet", "rising", "falling", "adopts_after", "spread", "concentrated",
    ]
    static let sorts: [(value: String, text: String)] = [
        ("-createdAt", "Newest first"), ("createdAt", "Oldest first"), ("-lastSeenAt", "Seen last"),
        ("lastSeenAt", "Not seen for longest"), ("-uses", "Most use in 30 days"), ("uses", "Least use in 30 days"),
        ("name", "Name, A to Z"), ("-name", "Name, Z to A"),
    ]
    static let standardSort = "-createdAt"

    private(set) var values: [String: String] = [:]
    private static let names = ["q", "persona", "role", "company", "trend", "label", "sort", "cursor"]

    init(_ fields: FormFields) {
        for name in Self.names {
            let value = fields.trimmed(name)
            if !value.isEmpty { self.values[name] = value }
        }
    }

    subscript(name: String) -> String? { self.values[name] }

    var sort: String { self.values["sort"] ?? Self.standardSort }

    /// Whether some persons are left out.
    var isFiltered: Bool { Self.names.contains { $0 != "sort" && $0 != "cursor" && self.values[$0] != nil } }

    /// For the API.
    var apiQuery: [(String, String?)] {
        Self.names.compactMap { name in
            guard let value = self.values[name] else { return nil }
            return (name, value)
        } + [("limit", "\(ScreenLimits.pageItems)")]
    }

    /// The address of this list with one value changed; a change begins at the first page.
    func address(_ name: String, _ value: String?) -> String {
        var values = self.values
        values["cursor"] = nil
        values[name] = value
        return LocalURL.make("/persons", Self.names.map { ($0, values[$0]) })
    }
}
