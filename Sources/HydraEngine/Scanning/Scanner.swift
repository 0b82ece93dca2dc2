import Foundation
import GRDB
import HydraScanners
import JSON

/// A scanner as it stands in the store.
///
/// A value; any thread.
struct Scanner: Sendable {
    let id: Int64
    let account: Int64
    let key: RecordKey
    let name: String
    let isEnabled: Bool
    let definition: ScannerDefinition
    /// Grows by one with each edit.
    let version: Int64
    let createdAt: Instant
    let updatedAt: Instant

    var kind: ScannerKind { self.definition.kind }
    var publicID: String { PublicID.scanner(self.key) }

    static let columns = "id, account, key, kind, name, isEnabled, definition, version, createdAt, updatedAt"

    /// - Parameter row: of ``columns``.
    init(row: Row) throws {
        guard let key = RecordKey(bytes: row[2] as Data), let kind = ScannerKind(rawValue: row[3]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "scanner \(row[0] as Int64) cannot be read")
        }
        self.id = row[0]
        self.account = row[1]
        self.key = key
        self.name = SQLText.read(row, 4) ?? ""
        self.isEnabled = row[5]
        self.definition = try ScannerStore.definition(kind, stored: row[6])
        self.version = row[7]
        self.createdAt = Instant(milliseconds: row[8])
        self.updatedAt = Instant(milliseconds: row[9])
    }
}
