import Foundation
import GRDB

/// The API keys of a data directory, for the `key` commands. Works while `hydra serve` runs on the same directory.
///
/// Any thread; every call is one transaction and may wait for the disk.
package final class KeyStore: Sendable {
    private let store: Store

    package init(directory: String) throws(EngineError) {
        self.store = try Store(directory: directory, exclusive: false, readers: 1)
    }

    package func close() {
        self.store.close()
    }

    /// Makes a key. The account is made too if there is none of this name.
    ///
    /// - Returns: the key, which is shown nowhere again, and what may be shown.
    package func create(account: String, name: String) throws(EngineError) -> (secret: KeySecret, info: KeyInfo) {
        guard Self.isName(account), Self.isName(name) else {
            throw .refused("a name has 1 to 100 characters, none of them a control character")
        }
        let secret = KeySecret.random()
        let now = Instant.now()
        let info = try self.write { db in
            try db.execute(
                sql: "INSERT INTO accounts (name, salt, createdAt) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING",
                arguments: [account, Data(AccountSalt.random().bytes), now.milliseconds]
            )
            for owner in try Account.all(in: db) where owner.name == account {
                try StandardScanners.make(for: owner, in: db)
            }
            try db.execute(
                sql: """
                    INSERT INTO apiKeys (account, hash, name, hint, createdAt)
                    VALUES ((SELECT id FROM accounts WHERE name = ?), ?, ?, ?, ?)
                    """,
                arguments: [account, secret.hash.data, name, secret.hint, now.milliseconds]
            )
            let id = db.lastInsertedRowID
            return KeyInfo(
                id: id,
                account: account,
                name: name,
                masked: Self.masked(secret.hint),
                createdAt: now,
                validUntil: nil
            )
        }
        return (secret, info)
    }

    /// All keys, also those that no longer work, in the order they were made.
    package func list() throws(EngineError) -> [KeyInfo] {
        do {
            return try self.store.pool.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT apiKeys.id, accounts.name, apiKeys.name, hint, apiKeys.createdAt, validUntil
                        FROM apiKeys JOIN accounts ON accounts.id = apiKeys.account ORDER BY apiKeys.id
                        """
                ).map { row in
                    KeyInfo(
                        id: row[0],
                        account: row[1],
                        name: row[2],
                        masked: Self.masked(row[3]),
                        createdAt: Instant(milliseconds: row[4]),
                        validUntil: (row[5] as Int64?).map { Instant(milliseconds: $0) }
                    )
                }
            }
        } catch {
            throw Store.explain(error, path: self.store.path)
        }
    }

    /// Lets a key stop working, now or after a grace time in which its successor is rolled out. A key that stops
    /// earlier already stays so.
    package func revoke(id: Int64, grace: Duration = .zero) throws(EngineError) {
        let end = Instant.now().milliseconds &+ grace.components.seconds &* 1000
        let known = try self.write { db in
            try db.execute(
                sql: "UPDATE apiKeys SET validUntil = min(coalesce(validUntil, ?1), ?1) WHERE id = ?2",
                arguments: [end, id]
            )
            return db.changesCount > 0
        }
        guard known else { throw .refused("there is no key \(id): `hydra key list` shows them") }
    }

    private func write<Result>(_ body: (Database) throws -> Result) throws(EngineError) -> Result {
        do {
            return try self.store.pool.write(body)
        } catch {
            throw Store.explain(error, path: self.store.path)
        }
    }

    private static func isName(_ text: String) -> Bool {
        (1...100).contains(text.count) && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    static func masked(_ hint: String) -> String { "hk_…\(hint)" }
}
