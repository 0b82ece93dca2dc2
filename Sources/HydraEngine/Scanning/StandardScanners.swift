import GRDB
import HydraScanners

/// The scanners that every account begins with: of roles, of personas and of the ideal customer profile.
///
/// They may be edited, switched off and deleted like others. A product usage scanner is not among them: whether use is
/// counted, and from when on, is for a person to decide.
enum StandardScanners {
    private static let names: [(kind: ScannerKind, name: String)] = [
        (.role, "Role"), (.persona, "Persona"), (.icp, "Ideal customer profile"),
    ]

    /// Makes them unless they were made before; they are not made again when somebody has deleted them.
    static func make(for account: Account, in db: Database) throws {
        let mark = "standard scanners \(account.id)"
        let made = try Int.fetchOne(
            db.cachedStatement(sql: "SELECT 1 FROM progress WHERE name = ?"),
            arguments: [mark]
        )
        guard made == nil else { return }
        let store = ScannerStore(db: db, account: account)
        for (kind, name) in self.names {
            try store.create(
                name: name,
                definition: .standard(kind),
                isEnabled: true,
                takesInPast: false,
                now: .now()
            )
        }
        try db.execute(sql: "INSERT INTO progress (name, position) VALUES (?, 1)", arguments: [mark])
    }
}
