import GRDB
import HydraDataPoints
import HydraPatterns

/// Which persons a list shows: all conditions that are given must hold.
///
/// A value; any thread.
struct PersonFilter: Sendable {
    var userId: String?
    var anonymousId: String?
    var email: String?
    var text: String?
    var company: String?
    /// The name of a persona; empty: persons without one.
    var persona: String?
    /// A function, as the role scanner has it.
    var role: String?
    /// Of the use of the last 30 days.
    var trend: UsageTrend.Direction?
    /// The kind of a label.
    var label: PatternKind?
    var order = ListOrder.persons[0]

    /// Names the list in its cursors. The lengths keep two different filters from reading the same.
    var scope: String {
        let parts = [
            self.userId, self.anonymousId, self.email, self.text, self.company, self.persona, self.role,
            self.trend?.rawValue, self.label?.rawValue, self.order.name,
        ]
        return "persons" + parts.map { part in part.map { " \($0.utf8.count):\($0)" } ?? " -" }.joined()
    }

    /// The conditions in SQL, over `persons` and the `companies` joined to it.
    func conditions(_ account: Account) -> (sql: String, arguments: [(any DatabaseValueConvertible)?]) {
        var sql = ""
        var arguments: [(any DatabaseValueConvertible)?] = []
        for (kind, value) in [(RecordKey.Kind.user, self.userId), (.anonymous, self.anonymousId)] {
            guard let value else { continue }
            sql += " AND persons.id = (SELECT person FROM identities WHERE key = ? AND account = ?)"
            arguments += [RecordKey(salt: account.salt, kind: kind, value: value).data, account.id]
        }
        if let email = self.email {
            sql += " AND persons.email = ?"
            arguments.append(SQLText.value(EmailAddress.searchKey(email)))
        }
        if let company = self.company {
            // An id that is none has no row, so the condition holds for nobody.
            sql += " AND persons.company = (SELECT id FROM companies WHERE key = ? AND account = ?)"
            arguments += [PublicID.companyKey(company)?.data, account.id]
        }
        for (kind, label) in [("persona", self.persona), ("role", self.role)] {
            guard let label else { continue }
            // The scanner that is shown: the enabled one that was made first.
            let scanner = "(SELECT min(id) FROM scanners WHERE account = ? AND kind = '\(kind)' AND isEnabled = 1)"
            let condition = label.isEmpty ? "label IS NULL" : "label = ?"
            sql +=
                " AND EXISTS (SELECT 1 FROM scanResults WHERE scanner = \(scanner) AND subject = persons.id AND \(condition))"
            arguments.append(account.id)
            if !label.isEmpty { arguments.append(SQLText.value(label)) }
        }
        let patterns = PatternConditions(kind: .person, row: "persons.id", trend: self.trend, label: self.label)
        sql += patterns.sql
        arguments += patterns.arguments
        if let text = self.text {
            sql += " AND (instr(persons.searchText, ?) > 0 OR instr(companies.searchText, ?) > 0)"
            let folded = SearchText.folded(text)
            arguments += [folded, folded]
        }
        return (sql, arguments)
    }
}
