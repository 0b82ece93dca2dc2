/// What a list of companies is asked for, as its address says it.
///
/// A value; any thread.
struct CompaniesQuery {
    static let sorts: [(value: String, text: String)] = [
        ("-createdAt", "Newest first"), ("createdAt", "Oldest first"), ("-icp", "Best fit first"),
        ("icp", "Worst fit first"), ("-persons", "Most persons first"), ("persons", "Fewest persons first"),
        ("name", "Name, A to Z"), ("-name", "Name, Z to A"),
    ]
    static let standardSort = "-createdAt"

    private(set) var values: [String: String] = [:]
    private static let names = ["q", "label", "sort", "cursor"]

    init(_ fields: FormFields) {
        for name in Self.names {
            let value = fields.trimmed(name)
            if !value.isEmpty { self.values[name] = value }
        }
    }

    subscript(name: String) -> String? { self.values[name] }

    var sort: String { self.values["sort"] ?? Self.standardSort }
    var isFiltered: Bool { self.values["q"] != nil || self.values["label"] != nil }

    /// For the API.
    var apiQuery: [(String, String?)] {
        Self.names.map { ($0, self.values[$0]) } + [("limit", "\(ScreenLimits.pageItems)")]
    }

    /// The address of this list with one value changed; a change begins at the first page.
    func address(_ name: String, _ value: String?) -> String {
        var values = self.values
        values["cursor"] = nil
        values[name] = value
        return LocalURL.make("/companies", Self.names.map { ($0, values[$0]) })
    }
}
