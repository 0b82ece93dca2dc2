import GRDB

/// How a list of records is sorted: by a key, and by the record's row where keys are equal.
///
/// A page goes on behind the last record's key and row, so nothing is shown twice or left out while records arrive. Of a
/// key that changes meanwhile, such as the time somebody was last seen, a record may move to where the reader has been.
/// A value; any thread.
struct ListOrder: Sendable {
    /// As `sort` names it.
    let name: String
    /// In SQL, never null.
    fileprivate let key: String
    fileprivate let isText: Bool

    private var isDescending: Bool { self.name.hasPrefix("-") }

    /// The column that a cursor needs, to stand last among the selected ones.
    var column: String { "\(self.key) AS sortKey" }

    /// `ORDER BY`.
    ///
    /// - Parameter row: the row's column.
    func clause(row: String) -> String {
        let direction = self.isDescending ? "DESC" : "ASC"
        return "ORDER BY sortKey \(direction), \(row) \(direction)"
    }

    /// What holds for all records behind a page's last one.
    func condition(after cursor: Cursor?, row: String) -> (sql: String, arguments: [(any DatabaseValueConvertible)?]) {
        guard let cursor else { return ("", []) }
        let key: any DatabaseValueConvertible = self.isText ? SQLText.value(cursor.text) : cursor.position
        return (" AND (\(self.key), \(row)) \(self.isDescending ? "<" : ">") (?, ?)", [key, cursor.row])
    }

    /// - Parameters:
    ///   - selected: a row whose last column is ``column``.
    ///   - id: the record's row.
    func cursor(_ selected: Row, id: Int64) -> Cursor {
        let last = selected.count - 1
        return self.isText
            ? Cursor(position: 0, row: id, text: SQLText.read(selected, last) ?? "")
            : Cursor(position: selected[last] ?? 0, row: id)
    }

    // MARK: The orders there are

    /// Of persons, over `persons`; the first one unless said otherwise.
    static let persons = Self.both([
        ("createdAt", "persons.id", false),
        ("lastSeenAt", "persons.lastSeenAt", false),
        ("name", "persons.sortName", true),
        ("uses", Self.uses(.person, "persons.id"), false),
    ])

    /// Of companies, over `companies`.
    static let companies = Self.both([
        ("createdAt", "companies.id", false),
        ("name", "substr(lower(coalesce(companies.name, companies.domain, companies.value)), 1, 100)", true),
        ("uses", Self.uses(.company, "companies.id"), false),
        ("persons", "(SELECT count(*) FROM persons WHERE persons.company = companies.id)", false),
        (
            // In thousandths; companies without a score come after those with none of a hundred.
            "icp",
            """
            coalesce((SELECT CAST(round(score * 1000) AS INTEGER) FROM scanResults WHERE subject = companies.id
                AND scanner = (SELECT min(id) FROM scanners WHERE scanners.account = companies.account
                    AND kind = 'ideal_customer_profile' AND isEnabled = 1)), -1)
            """, false
        ),
    ])

    private static func both(_ keys: [(name: String, key: String, isText: Bool)]) -> [ListOrder] {
        keys.flatMap { name, key, isText in
            ["-" + name, name].map { ListOrder(name: $0, key: key, isText: isText) }
        }
    }

    private static func uses(_ kind: PatternSubjectKind, _ row: String) -> String {
        "coalesce((SELECT uses FROM useTrends WHERE subjectKind = \(kind.rawValue) AND subject = \(row)), 0)"
    }
}

extension QueryParameters {
    /// `sort`: one of the orders, the first unless said otherwise.
    func order(_ orders: [ListOrder]) throws(ParameterProblem) -> ListOrder {
        let name = self["sort"] ?? orders.first?.name
        guard let order = orders.first(where: { $0.name == name }) else {
            throw ParameterProblem("`sort` must be one of \(orders.map(\.name).joined(separator: ", ")).")
        }
        return order
    }
}
