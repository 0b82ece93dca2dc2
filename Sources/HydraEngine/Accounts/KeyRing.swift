import Foundation
import GRDB
import Synchronization

/// Finds the account of an API key, for every request.
///
/// Keys that were found are remembered for a second, so a revoked key stops within one; a new one works at once. Any
/// thread; asks the database only for keys that are not remembered.
final class KeyRing: Sendable {
    private struct Entry {
        let account: Account
        let validUntil: Instant?
        let readAt: ContinuousClock.Instant
    }

    private static let memory = Duration.seconds(1)
    /// More keys than this are in use at once nowhere; bounds the memory all the same.
    private static let maximumEntries = 10_000

    private let store: Store
    private let entries = Mutex<[KeyHash: Entry]>([:])

    init(store: Store) {
        self.store = store
    }

    /// - Returns: nil for a key that is unknown or no longer valid.
    func account(of secret: KeySecret) throws -> Account? {
        let hash = secret.hash
        let now = ContinuousClock.now
        let remembered = self.entries.withLock { $0[hash] }
        if let entry = remembered, now - entry.readAt < Self.memory {
            return Self.isValid(entry) ? entry.account : nil
        }
        guard let entry = try self.read(hash, at: now) else {
            self.entries.withLock { $0[hash] = nil }
            return nil
        }
        self.entries.withLock { entries in
            if entries.count >= Self.maximumEntries { entries.removeAll() }
            entries[hash] = entry
        }
        return Self.isValid(entry) ? entry.account : nil
    }

    /// Has every key looked up anew: one was made or revoked here.
    func forget() {
        self.entries.withLock { $0.removeAll() }
    }

    private func read(_ hash: KeyHash, at now: ContinuousClock.Instant) throws -> Entry? {
        try self.store.pool.read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT accounts.id, accounts.name, accounts.salt, validUntil FROM apiKeys
                    JOIN accounts ON accounts.id = apiKeys.account WHERE hash = ?
                    """
            )
            guard let row = try Row.fetchOne(statement, arguments: [hash.data]) else { return nil }
            return Entry(
                account: Account(id: row[0], name: row[1], salt: AccountSalt(bytes: [UInt8](row[2] as Data))),
                validUntil: (row[3] as Int64?).map { Instant(milliseconds: $0) },
                readAt: now
            )
        }
    }

    private static func isValid(_ entry: Entry) -> Bool {
        entry.validUntil.map { Instant.now() < $0 } ?? true
    }
}
