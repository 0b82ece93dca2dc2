import Foundation
import GRDB
import JSON

/// Forgetting a person.
extension CallApplier {
    /// Deletes a person with its identities, events, traits and what it said about companies. A company that nobody
    /// else ever named goes too; of the others, traits that came from this person are taken from what the remaining
    /// persons last said.
    ///
    /// - Returns: false if the account has no such person.
    mutating func erase(_ key: RecordKey, account: Account) throws -> Bool {
        let person = try Int64.fetchOne(
            self.db.cachedStatement(sql: "SELECT person FROM identities WHERE key = ? AND account = ?"),
            arguments: [key.data, account.id]
        )
        guard let person else { return false }
        let identities = "(SELECT id FROM identities WHERE person = ?1)"
        let poorer = try self.companies(
            "SELECT DISTINCT company FROM companyTraits WHERE identity IN \(identities)",
            person
        )
        self.pending.deserted.formUnion(
            try self.companies(
                """
                SELECT company FROM memberships WHERE identity IN \(identities)
                UNION SELECT company FROM persons WHERE id = ?1 AND company IS NOT NULL
                """,
                person
            )
        )
        let members = try Int64.fetchAll(
            self.db.cachedStatement(sql: "SELECT id FROM identities WHERE person = ?"),
            arguments: [person]
        )
        try self.eraseUse(of: members, account: account)
        try Findings.forget(person: person, account: account.id, in: self.db)
        for table in ["companyTraits", "memberships", "traits"] {
            try self.execute("DELETE FROM \(table) WHERE identity IN \(identities)", [person])
        }
        try self.execute(
            "DELETE FROM deviceUsers WHERE device IN \(identities) OR user IN \(identities)",
            [person]
        )
        try self.execute("DELETE FROM sharedIdentities WHERE identity IN \(identities)", [person])
        try self.execute("DELETE FROM events WHERE person = ?", [person])
        try self.execute("DELETE FROM identities WHERE person = ?", [person])
        try self.execute("DELETE FROM persons WHERE id = ?", [person])
        self.pending.forget(person: person)
        self.cache.removeAll()
        for company in poorer {
            try self.restoreTraits(of: company, account: account)
        }
        return true
    }

    private func companies(_ sql: String, _ person: Int64) throws -> [Int64] {
        try Int64.fetchAll(self.db.cachedStatement(sql: sql), arguments: [person])
    }

    /// Takes a company's traits from the newest company trait of each person that named it.
    mutating func restoreTraits(of company: Int64, account: Account) throws {
        self.pending.companies.insert(company)
        let statement = try self.db.cachedStatement(
            sql: """
                SELECT traits.identity, traits.value, companies.key, traits.time, traits.receivedAt, traits.sequence,
                    traits.messageId FROM memberships
                JOIN traits ON traits.identity = memberships.identity AND traits.name = ?
                JOIN companies ON companies.id = memberships.company
                WHERE memberships.company = ? AND traits.value IS NOT NULL
                """
        )
        let parser = JSONParser()
        for row in try Row.fetchAll(statement, arguments: [TraitName.company, company]) {
            guard
                let value: Data = row[1], let root = try? parser.parse([UInt8](value)).root,
                let reference = CompanyReference(trait: root),
                RecordKey(salt: account.salt, kind: reference.kind, value: reference.value).data == row[2]
            else { continue }
            try self.mergeCompanyTraits(
                reference.attributes,
                of: company,
                identity: row[0],
                stamp: Stamp(row, at: 3)
            )
        }
    }
}
