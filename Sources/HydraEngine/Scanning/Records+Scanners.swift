import Foundation
import GRDB
import HydraScanners
import JSON

/// Answers about scanners.
extension Records {
    static let scannersScope = "scanners"

    func scanners() throws -> [UInt8] {
        let store = ScannerStore(db: self.db, account: self.account)
        var writer = JSONWriter(reserving: 4096)
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        for scanner in try store.all() { try self.write(scanner, store, into: &writer) }
        writer.endArray()
        // There are at most `ScannerStore.maximumCount`: one page.
        writer.nullMember("nextCursor")
        writer.endObject()
        return writer.bytes
    }

    /// One scanner; nil if the account has none of this id.
    func scannerDocument(_ id: String) throws -> [UInt8]? {
        let store = ScannerStore(db: self.db, account: self.account)
        guard let scanner = try store.find(id) else { return nil }
        var writer = JSONWriter(reserving: 2048)
        try self.write(scanner, store, into: &writer)
        return writer.bytes
    }

    static func runsScope(_ id: String) -> String { "runs \(id)" }

    /// A page of a scanner's runs, the newest first.
    func runs(of scanner: Scanner, after cursor: Cursor?, limit: Int) throws -> [UInt8] {
        let store = ScannerStore(db: self.db, account: self.account)
        let runs = try store.runs(of: scanner, before: cursor?.row ?? Int64.max, limit: limit + 1)
        var page = Page(limit: limit)
        let scope = Self.runsScope(scanner.publicID)
        for run in runs {
            if page.isFull { return page.finish(hasMore: true, scope: scope, salt: self.account.salt) }
            self.write(run, into: &page.writer)
            page.wrote(Cursor(position: 0, row: run.id))
        }
        return page.finish(hasMore: false, scope: scope, salt: self.account.salt)
    }

    private func write(_ scanner: Scanner, _ store: ScannerStore, into writer: inout JSONWriter) throws {
        writer.beginObject()
        writer.member("id", scanner.publicID)
        writer.member("kind", scanner.kind.rawValue)
        writer.member("name", scanner.name)
        writer.member("enabled", scanner.isEnabled)
        writer.member("definition", raw: scanner.definition.json())
        writer.member("version", scanner.version)
        writer.member("summary", scanner.definition.summary)
        writer.member("createdAt", scanner.createdAt.iso8601)
        writer.member("updatedAt", scanner.updatedAt.iso8601)
        writer.key("lastRun")
        if let run = try store.lastRun(of: scanner) { self.write(run, into: &writer) } else { writer.null() }
        writer.endObject()
    }

    func write(_ run: ScanRun, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", PublicID.scanRun(RecordKey(salt: self.account.salt, kind: .scanRun, value: "\(run.id)")))
        writer.member("version", run.version)
        writer.member("reason", run.reason.rawValue)
        writer.member("state", run.state.rawValue)
        writer.member("done", run.done)
        writer.member("total", run.total)
        writer.member("changed", run.changed)
        writer.member("startedAt", run.startedAt.iso8601)
        writer.member("finishedAt", optional: run.finishedAt?.iso8601)
        writer.endObject()
    }

    // MARK: What scanners found, in the answers about records

    /// The member of a record that shows what the account's scanner of this kind found: the enabled one that was made
    /// first.
    func writeResult(_ key: StaticString, of kind: ScannerKind, subject: Int64, into writer: inout JSONWriter) throws {
        writer.key(key)
        let row = try self.row(
            """
            SELECT scanners.key, scanResults.result, scanResults.scannedAt FROM scanners
            JOIN scanResults ON scanResults.scanner = scanners.id AND scanResults.subject = ?3
            WHERE scanners.id = (SELECT min(id) FROM scanners WHERE account = ?1 AND kind = ?2 AND isEnabled = 1)
            """,
            [self.account.id, kind.rawValue, subject]
        )
        guard let row, let scanner = RecordKey(bytes: row[0] as Data),
            let result = try? self.parser.parse([UInt8](row[1] as Data)).root
        else { return writer.null() }
        writer.beginObject()
        writer.member("scanner", PublicID.scanner(scanner))
        for member in result.members { writer.member(member) }
        writer.member("scannedAt", Instant(milliseconds: row[2]).iso8601)
        writer.endObject()
    }

    /// The member with the data points of a person or a company.
    func writePoints(of subject: UsageSubject, into writer: inout JSONWriter) throws {
        let sql =
            switch subject {
            case .person: "SELECT points FROM personPoints WHERE person = ?"
            case .company: "SELECT points FROM companyPoints WHERE company = ?"
            }
        writer.key("dataPoints")
        if let row = try self.row(sql, [subject.row]) {
            writer.raw([UInt8](row[0] as Data))
        } else {
            writer.beginArray()
            writer.endArray()
        }
    }
}
