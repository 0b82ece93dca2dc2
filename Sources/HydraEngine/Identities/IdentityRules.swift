import Foundation
import GRDB
import JSON
import Synchronization

/// What an account takes for somebody's id, and how much may hang on one.
///
/// A value; any thread.
struct IdentityRules: Equatable, Sendable {
    /// Users that one device may have: beyond, it is nobody's. A family's tablet has five, a shop's till hundreds.
    static let usersPerDevice: Int64 = 25
    /// Devices that are joined to one user within a week.
    static let devicesPerWeek: Int64 = 50
    static let limits: ClosedRange<Int64> = 1...1_000_000

    var blocked: [String] = []
    var allowed: [String] = []
    var usersPerDevice = Self.usersPerDevice
    var devicesPerWeek = Self.devicesPerWeek

    var nobody: NobodyRule { NobodyRule(blocked: self.blocked, allowed: self.allowed) }
}

extension IdentityRules {
    /// Those of an account; the standard ones where nobody changed them.
    static func of(_ account: Int64, in db: Database) throws -> IdentityRules {
        let statement = try db.cachedStatement(
            sql: "SELECT blocked, allowed, usersPerDevice, devicesPerWeek FROM identityRules WHERE account = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [account]) else { return IdentityRules() }
        return IdentityRules(
            blocked: Self.texts(row[0]),
            allowed: Self.texts(row[1]),
            usersPerDevice: row[2],
            devicesPerWeek: row[3]
        )
    }

    /// Needs a write access.
    func write(for account: Int64, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO identityRules (account, blocked, allowed, usersPerDevice, devicesPerWeek)
                VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (account) DO UPDATE SET
                    blocked = ?2, allowed = ?3, usersPerDevice = ?4, devicesPerWeek = ?5
                """
        ).execute(arguments: [
            account, Self.json(self.blocked), Self.json(self.allowed), self.usersPerDevice, self.devicesPerWeek,
        ])
    }

    private static func texts(_ json: Data) -> [String] {
        guard let root = try? JSONParser().parse([UInt8](json)).root, root.isArray else { return [] }
        return root.elements.compactMap(\.string)
    }

    private static func json(_ texts: [String]) -> Data {
        var writer = JSONWriter(reserving: 64)
        writer.beginArray()
        for text in texts { writer.value(text) }
        writer.endArray()
        return Data(writer.bytes)
    }
}

/// The rules of each account, remembered: every call asks for them.
///
/// True while one process serves the directory, and every change is followed by ``forget()``. Any thread; asks the
/// database once for each account.
final class IdentityRulesCache: Sendable {
    /// What the readers of calls need, and what the committer does.
    struct Entry: Sendable {
        let rules: IdentityRules
        let nobody: NobodyRule
    }

    private static let maximumEntries = 10_000

    private let store: Store
    private let entries = Mutex<[Int64: Entry]>([:])

    init(store: Store) {
        self.store = store
    }

    func of(_ account: Account) throws -> Entry {
        if let known = self.entries.withLock({ $0[account.id] }) { return known }
        let rules = try self.store.pool.read { db in try IdentityRules.of(account.id, in: db) }
        let entry = Entry(rules: rules, nobody: rules.nobody)
        self.entries.withLock { entries in
            if entries.count >= Self.maximumEntries { entries.removeAll() }
            entries[account.id] = entry
        }
        return entry
    }

    func forget() {
        self.entries.withLock { $0.removeAll() }
    }
}
