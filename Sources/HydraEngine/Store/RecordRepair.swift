import Foundation
import GRDB
import HydraDataPoints
import JSON

/// Makes anew, after an update, what earlier versions made of the calls by other rules: what persons are found by, the
/// company they belong to, and which companies there are.
///
/// Runs before the engine takes calls, in steps of some rows, each its own transaction; what was cut off goes on at the
/// next start. The opening thread's.
struct RecordRepair {
    /// Rows of one transaction.
    private static let step = 1000

    let store: Store

    /// Does what there is to do; usually nothing.
    func run() throws {
        while try self.store.pool.write({ db in try self.repairPersons(db) }) {}
        while try self.store.pool.write({ db in try self.repairCompanies(db) }) {}
    }

    /// - Returns: false if nothing is left.
    private func repairPersons(_ db: Database) throws -> Bool {
        guard let after = try self.progress("persons", db) else { return false }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT id, account FROM persons WHERE id > ? AND (email IS NOT NULL OR company IS NOT NULL)
                ORDER BY id LIMIT ?
                """,
            arguments: [after, Self.step]
        )
        let accounts = try self.accounts(db)
        var applier = CallApplier(db: db, cache: ApplyCache())
        for row in rows {
            if let account = accounts[row[1]] { applier.pending.summaries[row[0]] = account }
        }
        try applier.finish()
        for row in rows { try Findings.makeStale(person: row[0], in: db) }
        return try self.wentOn("persons", after: rows.count == Self.step ? rows.last?[0] : nil, db)
    }

    /// Companies that no call would make any more are joined to what it makes now, or are no more.
    private func repairCompanies(_ db: Database) throws -> Bool {
        guard let after = try self.progress("companies", db) else { return false }
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT id, account, kind, value FROM companies WHERE id > ? ORDER BY id LIMIT ?",
            arguments: [after, Self.step]
        )
        let accounts = try self.accounts(db)
        var applier = CallApplier(db: db, cache: ApplyCache())
        for row in rows {
            let company: Int64 = row[0]
            guard let account = accounts[row[1]], let kind = RecordKey.Kind(rawValue: row[2]),
                let value = SQLText.read(row, 3)
            else { continue }
            let isUsed =
                try Int.fetchOne(db, sql: "SELECT 1 FROM persons WHERE company = ? LIMIT 1", arguments: [company])
                != nil
            if isUsed { continue }
            guard let reference = CompanyReference(kind: kind, stored: value) else {
                try db.execute(sql: "DELETE FROM memberships WHERE company = ?", arguments: [company])
                applier.pending.deserted.insert(company)
                continue
            }
            guard reference.kind != kind || reference.value != value else { continue }
            let target = try applier.company(reference, account: account, at: .now())
            try self.join(company, to: target, db)
            applier.pending.companies.insert(target)
            applier.pending.deserted.insert(company)
        }
        try applier.finish()
        return try self.wentOn("companies", after: rows.count == Self.step ? rows.last?[0] : nil, db)
    }

    private func join(_ company: Int64, to target: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO memberships (identity, company, firstAt, lastAt)
                SELECT identity, :target, firstAt, lastAt FROM memberships WHERE company = :company
                ON CONFLICT (identity, company) DO UPDATE SET
                    firstAt = min(firstAt, excluded.firstAt), lastAt = max(lastAt, excluded.lastAt)
                """,
            arguments: ["company": company, "target": target]
        )
        try db.execute(sql: "DELETE FROM memberships WHERE company = ?", arguments: [company])
        // Of two values the newer stays.
        try db.execute(
            sql: """
                DELETE FROM companyTraits WHERE company = :target AND EXISTS (
                    SELECT 1 FROM companyTraits AS other WHERE other.company = :company
                        AND other.name = companyTraits.name
                        AND (other.time, other.receivedAt, other.sequence, other.messageId)
                            > (companyTraits.time, companyTraits.receivedAt, companyTraits.sequence, companyTraits.messageId))
                """,
            arguments: ["company": company, "target": target]
        )
        try db.execute(
            sql: "UPDATE OR IGNORE companyTraits SET company = ? WHERE company = ?",
            arguments: [target, company]
        )
    }

    private func accounts(_ db: Database) throws -> [Int64: Account] {
        Dictionary(try Account.all(in: db).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func progress(_ name: String, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT afterRow FROM repairs WHERE name = ?", arguments: [name])
    }

    private func wentOn(_ name: String, after row: Int64?, _ db: Database) throws -> Bool {
        guard let row else {
            try db.execute(sql: "DELETE FROM repairs WHERE name = ?", arguments: [name])
            return false
        }
        try db.execute(sql: "UPDATE repairs SET afterRow = ? WHERE name = ?", arguments: [row, name])
        return true
    }
}

extension CompanyReference {
    /// What a call would make today of what a company was once recognised by.
    fileprivate init?(kind: RecordKey.Kind, stored value: String) {
        switch kind {
        case .companyID:
            guard !CompanyID.meansNone(value) else { return nil }
            // `42.0` was a number: as a text nobody has such ids.
            let whole = value.prefix { $0.isASCII && $0.isNumber }
            let rest = value.dropFirst(whole.count)
            let isNumber =
                !whole.isEmpty && rest.first == "." && rest.count > 1 && rest.dropFirst().allSatisfy { $0 == "0" }
            self.init(kind: kind, value: isNumber ? PlainNumber.text(value) ?? value : value)
        case .companyName:
            guard let (kind, value) = CompanyReference.recognised(name: value) else { return nil }
            self.init(kind: kind, value: value)
        case .companyDomain:
            guard let value = CompanyReference.domain(domain: value, website: nil, name: nil) else { return nil }
            self.init(kind: kind, value: value)
        default: return nil
        }
    }
}
