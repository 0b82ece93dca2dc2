import Foundation
import GRDB

/// What a call says about a company.
extension CallApplier {
    /// Creates or updates the company, and keeps that this identity named it.
    mutating func nameCompany(_ reference: CompanyReference, by identity: Identity, call: IncomingCall) throws {
        let company = try self.company(reference, account: call.account, at: call.arrivedAt)
        try self.execute(
            """
            INSERT INTO memberships (identity, company, firstAt, lastAt) VALUES (?1, ?2, ?3, ?3)
            ON CONFLICT (identity, company) DO UPDATE SET
                firstAt = min(firstAt, excluded.firstAt), lastAt = max(lastAt, excluded.lastAt)
            WHERE excluded.firstAt < firstAt OR excluded.lastAt > lastAt
            """,
            [identity.id, company, call.timestamp.milliseconds]
        )
        try self.mergeCompanyTraits(reference.attributes, of: company, identity: identity.id, stamp: call.stamp)
        if self.pending.companies.contains(company) {
            try self.execute(
                "UPDATE companies SET updatedAt = ?1 WHERE id = ?2 AND updatedAt < ?1",
                [call.arrivedAt.milliseconds, company]
            )
        }
    }

    /// The row of a company, made if there is none.
    mutating func company(_ reference: CompanyReference, account: Account, at time: Instant) throws -> Int64 {
        let key = RecordKey(salt: account.salt, kind: reference.kind, value: reference.value)
        let known = try Int64.fetchOne(
            self.db.cachedStatement(sql: "SELECT id FROM companies WHERE key = ?"),
            arguments: [key.data]
        )
        if let known { return known }
        try self.execute(
            "INSERT INTO companies (account, key, kind, value, createdAt, updatedAt) VALUES (?, ?, ?, ?, ?5, ?5)",
            [account.id, key.data, reference.kind.rawValue, SQLText.value(reference.value), time.milliseconds]
        )
        let company = self.db.lastInsertedRowID
        self.pending.companies.insert(company)
        return company
    }

    /// As for persons: the newest call decides each trait.
    mutating func mergeCompanyTraits(
        _ traits: [TraitUpdate],
        of company: Int64,
        identity: Int64,
        stamp: Stamp
    ) throws {
        for trait in traits {
            try self.execute(
                """
                INSERT INTO companyTraits (company, name, spelling, value, time, receivedAt, sequence, messageId, identity)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (company, name) DO UPDATE SET
                    spelling = excluded.spelling, value = excluded.value, time = excluded.time,
                    receivedAt = excluded.receivedAt, sequence = excluded.sequence, messageId = excluded.messageId,
                    identity = excluded.identity
                WHERE (excluded.time, excluded.receivedAt, excluded.sequence, excluded.messageId)
                    > (time, receivedAt, sequence, messageId)
                """,
                [
                    company, SQLText.value(trait.name), SQLText.value(trait.spelling), trait.value.map { Data($0) },
                    stamp.time.milliseconds, stamp.receivedAt.milliseconds, stamp.sequence,
                    SQLText.value(stamp.messageId), identity,
                ]
            )
            if self.db.changesCount > 0 { self.pending.companies.insert(company) }
        }
    }
}
