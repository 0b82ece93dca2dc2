import Foundation
import GRDB
import HydraDataPoints
import JSON

/// The end of a transaction: brings up to date what depends on several calls at once.
extension CallApplier {
    mutating func finish() throws {
        try self.writeTimes()
        try self.pending.uses.write(in: self.db)
        try self.writeSources()
        try self.writeIgnored()
        let parser = JSONParser()
        for (person, account) in self.pending.summaries {
            try self.writeSummary(of: person, account: account, parser: parser)
        }
        for company in self.pending.companies {
            try self.writeSummary(ofCompany: company, parser: parser)
            try Findings.makeStale(company: company, in: self.db)
            try SourcedDomains.enqueue(company: company, in: self.db)
        }
        for company in self.pending.deserted {
            let domain = try String.fetchOne(
                self.db.cachedStatement(sql: "SELECT domain FROM companies WHERE id = ?"),
                arguments: [company]
            )
            try self.execute(
                """
                DELETE FROM companies WHERE id = ?1
                    AND NOT EXISTS (SELECT 1 FROM memberships WHERE company = ?1)
                    AND NOT EXISTS (SELECT 1 FROM persons WHERE company = ?1)
                """,
                [company]
            )
            if self.db.changesCount > 0 {
                try self.execute("DELETE FROM companyTraits WHERE company = ?", [company])
                try Findings.forget(company: company, in: self.db)
                if let domain { try SourcedDomains.forgetUnlessUsed(domain, in: self.db) }
            } else {
                try Findings.makeStale(company: company, in: self.db)
            }
        }
        self.pending = PendingWork()
    }

    private func writeTimes() throws {
        for (person, (first, last)) in self.pending.seen where !self.pending.recounted.contains(person) {
            try self.execute(
                """
                UPDATE persons SET firstSeenAt = min(firstSeenAt, ?1), lastSeenAt = max(lastSeenAt, ?2)
                WHERE id = ?3 AND (firstSeenAt > ?1 OR lastSeenAt < ?2)
                """,
                [first.milliseconds, last.milliseconds, person]
            )
        }
        for person in self.pending.recounted {
            // Its events are older than what the background has seen.
            try Findings.makeStale(person: person, in: self.db)
            try self.execute(Self.recountTimes, [person])
        }
    }

    /// When a person was first and last seen, by its events: four seeks in `eventsByPerson`, however many there are.
    static let recountTimes = """
        UPDATE persons SET
            firstSeenAt = (SELECT min(time) FROM (
                SELECT (SELECT min(timestamp) FROM events WHERE person = ?1 AND kind = 1) AS time
                UNION ALL SELECT (SELECT min(timestamp) FROM events WHERE person = ?1 AND kind = 2))),
            lastSeenAt = (SELECT max(time) FROM (
                SELECT (SELECT max(timestamp) FROM events WHERE person = ?1 AND kind = 1) AS time
                UNION ALL SELECT (SELECT max(timestamp) FROM events WHERE person = ?1 AND kind = 2)))
        WHERE id = ?1 AND EXISTS (SELECT 1 FROM events WHERE person = ?1)
        """

    /// What a person is searched by, and the company it belongs to now: by its company trait, else by its e-mail.
    private mutating func writeSummary(of person: Int64, account: Account, parser: JSONParser) throws {
        let traits = try MergedTraits.summary(ofPerson: person, in: self.db)
        let email = traits.string(TraitName.email, parser: parser)
        let reference = CompanyReference(
            trait: traits.value(TraitName.company).flatMap { try? parser.parse($0).root },
            email: email
        )
        let company = try reference.map { try self.company($0, account: account, at: .now()) }
        let before = try Int64.fetchOne(
            self.db.cachedStatement(sql: "SELECT company FROM persons WHERE id = ?"),
            arguments: [person]
        )
        if let before, before != company { self.pending.deserted.insert(before) }
        let userId = try self.userId(of: person)
        let name = traits.fullName(parser: parser)
        let address = email.map { EmailAddress.searchKey($0) }
        let searchText = [
            userId, email, email?.lowercased() == address ? nil : address, name,
            traits.string(TraitName.title, parser: parser),
        ]
        try self.execute(
            "UPDATE persons SET company = ?, email = ?, searchText = ?, sortName = ? WHERE id = ?",
            [
                company, SQLText.value(address), SearchText.value(searchText),
                SearchText.sortKey([name, address, userId]), person,
            ]
        )
    }

    private func userId(of person: Int64) throws -> String? {
        let statement = try self.db.cachedStatement(sql: "SELECT value FROM identities WHERE person = ? AND kind = ?")
        let row = try Row.fetchOne(statement, arguments: [person, RecordKey.Kind.user.rawValue])
        return row.flatMap { SQLText.read($0, 0) }
    }

    /// A company's name from its traits; its domain from what it is recognised by, else from its traits.
    private func writeSummary(ofCompany company: Int64, parser: JSONParser) throws {
        let statement = try self.db.cachedStatement(sql: "SELECT kind, value, domain FROM companies WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [company]) else { return }
        let isDomain = row[0] == RecordKey.Kind.companyDomain.rawValue
        let value = SQLText.read(row, 1)
        let traits = try MergedTraits.ofCompany(company, in: self.db)
        let name = traits.string(TraitName.name, parser: parser)
        let domain =
            isDomain
            ? value
            : CompanyReference.domain(
                domain: traits.string("domain", parser: parser),
                website: traits.string("website", parser: parser),
                name: name
            )
        try self.execute(
            "UPDATE companies SET name = ?, domain = ?, searchText = ? WHERE id = ?",
            [SQLText.value(name), domain, SearchText.value([name, domain]), company]
        )
        if let before: String = row[2], before != domain { try SourcedDomains.forgetUnlessUsed(before, in: self.db) }
    }
}
