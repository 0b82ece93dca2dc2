import GRDB
import HydraPatterns

/// Which companies a list shows: all conditions that are given must hold.
///
/// A value; any thread.
struct CompanyFilter: Sendable {
    var domain: String?
    var text: String?
    var trend: UsageTrend.Direction?
    var label: PatternKind?
    var order = ListOrder.companies[0]

    /// See ``PersonFilter/scope``.
    var scope: String {
        let parts = [self.domain, self.text, self.trend?.rawValue, self.label?.rawValue, self.order.name]
        return "companies" + parts.map { part in part.map { " \($0.utf8.count):\($0)" } ?? " -" }.joined()
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
        let patterns = PatternConditions(kind: .company, row: "companies.id", trend: self.trend, label: self.label)
        return (sql + patterns.sql, arguments + patterns.arguments)
    }
}
