import Foundation
import GRDB
import HydraScanners
import JSON

extension Records {
    private static let personColumns = """
        persons.id, persons.key, persons.createdAt, persons.updatedAt, persons.firstSeenAt, persons.lastSeenAt,
            companies.key, companies.name, companies.domain
        """
    private static let personTables = "FROM persons LEFT JOIN companies ON companies.id = persons.company"

    /// A page of persons.
    func persons(_ filter: PersonFilter, after cursor: Cursor?, limit: Int) throws -> [UInt8] {
        let (conditions, values) = filter.conditions(self.account)
        let order = filter.order
        let behind = order.condition(after: cursor, row: "persons.id")
        let rows = try self.rows(
            """
            SELECT \(Self.personColumns), \(order.column) \(Self.personTables)
            WHERE persons.account = ?\(conditions)\(behind.sql) \(order.clause(row: "persons.id")) LIMIT ?
            """,
            StatementArguments([self.account.id] + values + behind.arguments + [limit + 1])
        )
        var page = Page(limit: limit)
        while let row = try rows.next() {
            if page.isFull { return page.finish(hasMore: true, scope: filter.scope, salt: self.account.salt) }
            page.writer.beginObject()
            try self.writePerson(row, into: &page.writer)
            page.writer.endObject()
            page.wrote(order.cursor(row, id: row[0]))
        }
        return page.finish(hasMore: false, scope: filter.scope, salt: self.account.salt)
    }

    /// One person with the companies it ever belonged to; nil if the account has none of this id.
    func personDocument(_ id: String) throws -> [UInt8]? {
        guard let person = try self.person(id) else { return nil }
        let row = try self.row(
            "SELECT \(Self.personColumns) \(Self.personTables) WHERE persons.id = ? AND persons.account = ?",
            [person, self.account.id]
        )
        guard let row else { return nil }
        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        try self.writePerson(row, into: &writer)
        try self.writePoints(of: .person(person), into: &writer)
        try self.writeCompanyHistory(of: person, into: &writer)
        writer.endObject()
        return writer.bytes
    }

    private func writePerson(_ row: Row, into writer: inout JSONWriter) throws {
        let person: Int64 = row[0]
        var userId: String?
        var anonymousIds: [String] = []
        let identities = try self.rows("SELECT kind, value FROM identities WHERE person = ? ORDER BY id", [person])
        while let identity = try identities.next() {
            guard let value = SQLText.read(identity, 1) else { continue }
            if identity[0] == RecordKey.Kind.user.rawValue { userId = value } else { anonymousIds.append(value) }
        }
        let traits = try MergedTraits.ofPerson(person, in: self.db)
        writer.member("id", RecordKey(bytes: row[1] as Data).map { PublicID.person($0) } ?? "")
        writer.member("userId", optional: userId)
        writer.key("anonymousIds")
        writer.beginArray()
        for anonymousId in anonymousIds { writer.value(anonymousId) }
        writer.endArray()
        writer.key("traits")
        traits.write(into: &writer)
        writer.member("email", optional: traits.string(TraitName.email, parser: self.parser))
        writer.member("name", optional: traits.fullName(parser: self.parser))
        writer.member("title", optional: traits.string(TraitName.title, parser: self.parser))
        writer.key("company")
        if let key = row[6] as Data? {
            writer.beginObject()
            Self.writeCompanyReference(key: key, name: SQLText.read(row, 7), domain: row[8], into: &writer)
            writer.endObject()
        } else {
            writer.null()
        }
        try self.writeResult("role", of: .role, subject: person, into: &writer)
        try self.writeResult("persona", of: .persona, subject: person, into: &writer)
        try self.writeTrend(of: .person, person, into: &writer)
        writer.member("createdAt", Instant(milliseconds: row[2]).iso8601)
        writer.member("updatedAt", Instant(milliseconds: row[3]).iso8601)
        writer.member("firstSeenAt", Instant(milliseconds: row[4]).iso8601)
        writer.member("lastSeenAt", Instant(milliseconds: row[5]).iso8601)
    }

    /// Every company that the person's calls named, the latest first.
    private func writeCompanyHistory(of person: Int64, into writer: inout JSONWriter) throws {
        let rows = try self.rows(
            """
            SELECT companies.key, companies.name, companies.domain, min(firstAt), max(lastAt) FROM memberships
            JOIN companies ON companies.id = memberships.company
            WHERE memberships.identity IN (SELECT id FROM identities WHERE person = ?)
            GROUP BY companies.id ORDER BY max(lastAt) DESC, companies.key LIMIT 100
            """,
            [person]
        )
        writer.key("companies")
        writer.beginArray()
        while let row = try rows.next() {
            writer.beginObject()
            Self.writeCompanyReference(key: row[0], name: SQLText.read(row, 1), domain: row[2], into: &writer)
            writer.member("firstNamedAt", Instant(milliseconds: row[3]).iso8601)
            writer.member("lastNamedAt", Instant(milliseconds: row[4]).iso8601)
            writer.endObject()
        }
        writer.endArray()
    }

    /// The members that name a company, into an object that is open.
    static func writeCompanyReference(key: Data, name: String?, domain: String?, into writer: inout JSONWriter) {
        writer.member("id", RecordKey(bytes: key).map { PublicID.company($0) } ?? "")
        writer.member("name", optional: name)
        writer.member("domain", optional: domain)
    }
}

extension JSONWriter {
    /// A member that is a string or null.
    mutating func member(_ key: StaticString, optional text: String?) {
        if let text { self.member(key, text) } else { self.nullMember(key) }
    }
}
