import Foundation
import GRDB

/// Whose records they are. Several API keys may open one account, so that a key can be replaced.
///
/// A value; any thread.
package struct Account: Sendable {
    /// Stands in every row; never shown.
    let id: Int64
    /// Given when its first key is made.
    package let name: String
    let salt: AccountSalt
}

extension Account {
    private static let columns = "SELECT id, name, salt FROM accounts"

    private init(row: Row) {
        self.init(id: row[0], name: row[1], salt: AccountSalt(bytes: [UInt8](row[2] as Data)))
    }

    /// - Returns: nil if there is no such account.
    static func find(_ id: Int64, in db: Database) throws -> Account? {
        let statement = try db.cachedStatement(sql: "\(self.columns) WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id]).map { Account(row: $0) }
    }

    static func all(in db: Database) throws -> [Account] {
        try Row.fetchAll(db.cachedStatement(sql: "\(self.columns) ORDER BY id")).map { Account(row: $0) }
    }
}
