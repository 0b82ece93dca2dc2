import GRDB

/// Which companies a list shows: all conditions that are given must hold.
///
/// A value; any thread.
struct CompanyFilter: Sendable {
    var domain: String?
    var text: String?

    /// See ``PersonFilter/scope``.
    var scope: String {
        "companies" + [self.domain, self.text].map { part in part.map { " \($0.utf8.count):\($0)" } ?? " -" }.joined()
    }

    /// The conditions in SQL, over `companies`.
    var conditions: (sql: String, arguments: [(any DatabaseValueConvertible)?]) {
        var sql = ""
        var arguments: [(any DatabaseValueConvertible)?] = []
        if let domain = self.domain {
            sql += " AND domain = ?"
            arguments.append(SQLText.value(domain.lowercased()))
        }
        if let text = self.text {
            sql += " AND instr(searchText, ?) > 0"
            arguments.append(SearchText.folded(text))
        }
        return (sql, arguments)
    }
}
