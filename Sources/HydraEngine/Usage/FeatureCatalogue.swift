import GRDB

/// The numbers that features have in the tables.
///
/// Remembers what it has looked up; true while the transactions that it looked in were committed, and while only erasing
/// removes features, which empties it. A value; one for the committer thread, one for each background transaction.
struct FeatureCatalogue: Sendable {
    /// Characters of a feature's name that count; longer ones are cut, so that names cannot fill the disk.
    static let nameScalars = 256
    private static let remembered = 50_000

    private struct Key: Hashable {
        let account: Int64
        let name: String
    }

    private var numbers: [Key: Int64] = [:]

    mutating func removeAll() {
        self.numbers.removeAll()
    }

    /// The number of a feature, a new one if the account has not used it before.
    mutating func number(of name: String, account: Int64, in db: Database) throws -> Int64 {
        let name = Self.cut(name)
        let key = Key(account: account, name: name)
        if let known = self.numbers[key] { return known }
        let value = SQLText.value(name)
        let select = try db.cachedStatement(sql: "SELECT id FROM features WHERE account = ? AND name = ?")
        let number: Int64
        if let found = try Int64.fetchOne(select, arguments: [account, value]) {
            number = found
        } else {
            try db.cachedStatement(sql: "INSERT INTO features (account, name) VALUES (?, ?)")
                .execute(arguments: [account, value])
            number = db.lastInsertedRowID
        }
        if self.numbers.count >= Self.remembered { self.numbers.removeAll(keepingCapacity: true) }
        self.numbers[key] = number
        return number
    }

    static func cut(_ name: String) -> String {
        guard name.utf8.count > self.nameScalars, name.unicodeScalars.count > self.nameScalars else { return name }
        return String(String.UnicodeScalarView(name.unicodeScalars.prefix(self.nameScalars)))
    }
}
