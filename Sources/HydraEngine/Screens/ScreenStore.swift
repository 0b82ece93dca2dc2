import Foundation
import GRDB

/// What the pages keep beside the records: the administrator's password, hashed, and the sessions.
///
/// Any thread; every function is one transaction and may wait for the disk.
package final class ScreenStore: Sendable {
    private let store: Store
    private let isOwner: Bool

    /// On the files of a running engine, which must outlive it.
    package init(engine: Engine) {
        self.store = engine.store
        self.isOwner = false
    }

    /// For commands. Works while `hydra serve` runs on the same directory.
    package init(directory: String) throws(EngineError) {
        self.store = try Store(directory: directory, exclusive: false, readers: 1)
        self.isOwner = true
    }

    /// Closes the files if they were opened here.
    package func close() {
        if self.isOwner { self.store.close() }
    }

    // MARK: The administrator

    /// The password as it was given to ``setPassword(_:replacing:now:)``; nil while there is none.
    package func password() throws -> String? {
        try self.store.read { db in
            try String.fetchOne(db.cachedStatement(sql: "SELECT password FROM administrator WHERE id = 1"))
        }
    }

    /// Keeps a password and ends all sessions.
    ///
    /// - Parameters:
    ///   - password: hashed by the caller.
    ///   - replacing: whether one that is there gives way.
    /// - Returns: false if there was one and it stays.
    @discardableResult
    package func setPassword(_ password: String, replacing: Bool, now: Instant) throws -> Bool {
        try self.store.pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO administrator (id, password, changedAt) VALUES (1, ?1, ?2)
                    ON CONFLICT (id) DO \(replacing ? "UPDATE SET password = ?1, changedAt = ?2" : "NOTHING")
                    """,
                arguments: [password, now.milliseconds]
            )
            guard db.changesCount > 0 else { return false }
            try db.execute(sql: "DELETE FROM screenSessions")
            return true
        }
    }

    // MARK: Sessions

    /// - Parameter hash: the SHA-256 of the session's token.
    package func insertSession(_ hash: [UInt8], now: Instant) throws {
        try self.store.pool.write { db in
            try db.execute(
                sql: "INSERT INTO screenSessions (hash, createdAt, usedAt) VALUES (?, ?, ?)",
                arguments: [Data(hash), now.milliseconds, now.milliseconds]
            )
        }
    }

    /// - Returns: nil for a session that is not there; how old it may be is the caller's to say.
    package func session(_ hash: [UInt8]) throws -> StoredSession? {
        try self.store.read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT account, createdAt, usedAt FROM screenSessions WHERE hash = ?"
            )
            return try Row.fetchOne(statement, arguments: [Data(hash)]).map { row in
                StoredSession(
                    account: row[0],
                    createdAt: Instant(milliseconds: row[1]),
                    usedAt: Instant(milliseconds: row[2])
                )
            }
        }
    }

    /// Notes that a session is in use.
    package func touchSession(_ hash: [UInt8], now: Instant) throws {
        try self.store.pool.write { db in
            try db.execute(
                sql: "UPDATE screenSessions SET usedAt = ? WHERE hash = ?",
                arguments: [now.milliseconds, Data(hash)]
            )
        }
    }

    /// Has a session show the records of this account.
    package func chooseAccount(_ name: String, session hash: [UInt8]) throws {
        try self.store.pool.write { db in
            try db.execute(
                sql: "UPDATE screenSessions SET account = ? WHERE hash = ?",
                arguments: [name, Data(hash)]
            )
        }
    }

    /// Ends a session; nothing happens if there is none.
    package func deleteSession(_ hash: [UInt8]) throws {
        try self.store.pool.write { db in
            try db.execute(sql: "DELETE FROM screenSessions WHERE hash = ?", arguments: [Data(hash)])
        }
    }

    /// Forgets sessions that were made before, or not used since.
    package func deleteSessions(createdBefore: Instant, usedBefore: Instant) throws {
        try self.store.pool.write { db in
            try db.execute(
                sql: "DELETE FROM screenSessions WHERE createdAt < ? OR usedAt < ?",
                arguments: [createdBefore.milliseconds, usedBefore.milliseconds]
            )
        }
    }
}
