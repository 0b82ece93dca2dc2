import Foundation
import GRDB
import HydraScanners
import JSON

/// What a definition would change on real records, without changing them.
///
/// Lives within one read access to the database.
struct ScannerPreview {
    /// Records that are looked at: the latest. More would keep the caller waiting.
    private static let examined = 500
    /// Records that are shown.
    private static let shown = 50

    let db: Database
    let account: Account
    let now: Instant

    private struct Item {
        let id: String
        let name: String?
        let before: String?
        let after: String?
    }

    /// - Parameter scanner: the one that is being edited; nil: a new one.
    func document(_ definition: ScannerDefinition, instead scanner: Scanner?) throws -> [UInt8] {
        let set = try ScannerSet(account: self.account, in: self.db, trying: definition)
        let examiner = RecordExaminer(db: self.db, account: self.account, scanners: set, now: self.now)
        var examined = 0
        var changed: [Item] = []
        let scan = try self.scan(definition, examiner)
        for subject in try self.subjects(of: definition.kind) {
            // Fewer records in time are worth more than all of them too late.
            if let budget = RequestBudget.current {
                try budget.check()
                guard budget.isHalfLeft || examined == 0 else { break }
            }
            guard let result = try scan(subject.row) else { continue }
            examined += 1
            let before = try scanner.flatMap { try self.label($0.id, subject.row) }
            if before != result.label {
                changed.append(Item(id: subject.id, name: subject.name, before: before, after: result.label))
            }
        }
        var writer = JSONWriter(reserving: 4096)
        writer.beginObject()
        writer.member("examined", examined)
        writer.member("changed", changed.count)
        writer.key("items")
        writer.beginArray()
        for item in changed.prefix(Self.shown) {
            writer.beginObject()
            writer.member("id", item.id)
            writer.member("name", optional: item.name)
            writer.member("before", optional: item.before)
            writer.member("after", optional: item.after)
            writer.endObject()
        }
        writer.endArray()
        writer.nullMember("nextCursor")
        writer.endObject()
        return writer.bytes
    }

    private struct Scanned {
        let label: String?
    }

    /// Asks the definition about one record; nil for one that is not there any more.
    private func scan(
        _ definition: ScannerDefinition,
        _ examiner: RecordExaminer
    ) throws -> (Int64) throws -> Scanned? {
        switch definition.config {
        case .role(let config):
            let scanner = RoleScanner(config)
            return { try examiner.facts(ofPerson: $0).map { Scanned(label: scanner.scan($0.0)?.label) } }
        case .persona(let config):
            let scanner = PersonaScanner(config)
            return { try examiner.facts(ofPerson: $0).map { Scanned(label: scanner.scan($0.0)?.label) } }
        case .icp(let config):
            let scanner = ICPScanner(config)
            return { try examiner.facts(ofCompany: $0).map { Scanned(label: scanner.scan($0)?.label) } }
        case .usage: return { _ in nil }
        }
    }

    private func subjects(of kind: ScannerKind) throws -> [(row: Int64, id: String, name: String?)] {
        let isOfCompanies = kind == .icp
        let sql =
            isOfCompanies
            ? "SELECT id, key, coalesce(name, domain) FROM companies WHERE account = ? ORDER BY id DESC LIMIT ?"
            : "SELECT id, key, coalesce(email, '') FROM persons WHERE account = ? ORDER BY id DESC LIMIT ?"
        return try Row.fetchAll(
            self.db.cachedStatement(sql: sql),
            arguments: [self.account.id, Self.examined]
        ).compactMap { row in
            guard let key = RecordKey(bytes: row[1] as Data) else { return nil }
            let name = SQLText.read(row, 2).flatMap { $0.isEmpty ? nil : $0 }
            return (row[0], isOfCompanies ? PublicID.company(key) : PublicID.person(key), name)
        }
    }

    private func label(_ scanner: Int64, _ subject: Int64) throws -> String? {
        let statement = try self.db.cachedStatement(
            sql: "SELECT label FROM scanResults WHERE scanner = ? AND subject = ?"
        )
        return try Row.fetchOne(statement, arguments: [scanner, subject]).flatMap { SQLText.read($0, 0) }
    }
}
