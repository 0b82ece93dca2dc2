import GRDB
import JSON

/// Questions about the records of one account, answered as JSON.
///
/// Every statement names the account. Lives within one read access to the database, which shows one moment.
struct Records {
    let db: Database
    let account: Account
    let parser = JSONParser()

    /// The first row of a statement, copied: a row of a cursor is gone with the cursor.
    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(self.db.cachedStatement(sql: sql), arguments: arguments)
    }

    /// All rows of a statement, each to be read before the next is asked for.
    func rows(_ sql: String, _ arguments: StatementArguments) throws -> RowCursor {
        try Row.fetchCursor(self.db.cachedStatement(sql: sql), arguments: arguments)
    }

    /// The account's row under a public id; nil if it has none.
    func person(_ id: String) throws -> Int64? {
        guard let key = PublicID.personKey(id) else { return nil }
        return try Int64.fetchOne(
            self.db.cachedStatement(sql: "SELECT person FROM identities WHERE key = ? AND account = ?"),
            arguments: [key.data, self.account.id]
        )
    }

    /// The account's row under a company's public id; nil if it has none.
    func company(_ id: String) throws -> Int64? {
        guard let key = PublicID.companyKey(id) else { return nil }
        return try Int64.fetchOne(
            self.db.cachedStatement(sql: "SELECT id FROM companies WHERE key = ? AND account = ?"),
            arguments: [key.data, self.account.id]
        )
    }
}
