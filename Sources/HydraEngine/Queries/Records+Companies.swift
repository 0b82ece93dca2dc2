import Foundation
import GRDB
import HydraScanners
import JSON

extension Records {
    private static let companyColumns = """
        id, key, name, domain, createdAt, updatedAt,
            (SELECT count(*) FROM persons WHERE persons.company = companies.id), kind
        """

    /// Persons with an address at one domain, from which on it is odd that nobody of them names a company.
    private static let crowd = 20

    /// A page of companies.
    func companies(_ filter: CompanyFilter, after cursor: Cursor?, limit: Int) throws -> [UInt8] {
        let (conditions, values) = filter.conditions
        let order = filter.order
        let behind = order.condition(after: cursor, row: "id")
        let rows = try self.rows(
            """
            SELECT \(Self.companyColumns), \(order.column) FROM companies
            WHERE account = ?\(conditions)\(behind.sql) \(order.clause(row: "id")) LIMIT ?
            """,
            StatementArguments([self.account.id] + values + behind.arguments + [limit + 1])
        )
        var page = Page(limit: limit)
        while let row = try rows.next() {
            if page.isFull { return page.finish(hasMore: true, scope: filter.scope, salt: self.account.salt) }
            page.writer.beginObject()
            try self.writeCompany(row, into: &page.writer)
            page.writer.endObject()
            page.wrote(order.cursor(row, id: row[0]))
        }
        return page.finish(hasMore: false, scope: filter.scope, salt: self.account.salt)
    }

    /// One company; nil if the account has none of this id.
    func companyDocument(_ id: String) throws -> [UInt8]? {
        guard let key = PublicID.companyKey(id) else { return nil }
        let row = try self.row(
            "SELECT \(Self.companyColumns) FROM companies WHERE key = ? AND account = ?",
            [key.data, self.account.id]
        )
        guard let row else { return nil }
        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        try self.writeCompany(row, into: &writer)
        try self.writePoints(of: .company(row[0]), into: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// Why this may be no company: a mail service that no list knows has many persons, and none of them says that it is
    /// where they work, although others of the account say so of theirs.
    private func doubt(company: Int64, kind: UInt8, persons: Int64, domain: String?) throws -> String? {
        guard persons >= Self.crowd, kind == RecordKey.Kind.companyDomain.rawValue, let domain else { return nil }
        let isNamed = try self.row("SELECT 1 FROM companyTraits WHERE company = ? LIMIT 1", [company]) != nil
        guard !isNamed else { return nil }
        let others = try self.row(
            """
            SELECT 1 FROM companies WHERE account = ?
                AND EXISTS (SELECT 1 FROM companyTraits WHERE companyTraits.company = companies.id) LIMIT 1
            """,
            [self.account.id]
        )
        guard others != nil else { return nil }
        return """
            \(persons) persons have an address at \(domain) and none of them names a company: it may be a mail service, \
            not a company.
            """
    }

    private func writeCompany(_ row: Row, into writer: inout JSONWriter) throws {
        Self.writeCompanyReference(key: row[1], name: SQLText.read(row, 2), domain: row[3], into: &writer)
        writer.key("traits")
        try MergedTraits.ofCompany(row[0], in: self.db).write(into: &writer)
        writer.member("personCount", row[6] as Int64)
        writer.member("doubt", optional: try self.doubt(company: row[0], kind: row[7], persons: row[6], domain: row[3]))
        try self.writeResult("icp", of: .icp, subject: row[0], into: &writer)
        try self.writeTrend(of: .company, row[0], into: &writer)
        writer.member("createdAt", Instant(milliseconds: row[4]).iso8601)
        writer.member("updatedAt", Instant(milliseconds: row[5]).iso8601)
    }
}
