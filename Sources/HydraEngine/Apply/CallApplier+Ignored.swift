import GRDB

/// Names one value that stood for nobody, of one source.
struct IgnoredKey: Hashable {
    let account: Int64
    let source: String
    let kind: RecordKey.Kind
    let value: String
}

/// In how many calls it came in a transaction.
struct IgnoredCounts {
    var calls: Int64 = 0
    var first: Int64
    var last: Int64
}

/// What is known about ids that stand for nobody.
extension CallApplier {
    /// Values that are counted apart in an account; all others are counted together.
    private static let maximumValues = 1_000
    /// Characters of a value that are kept.
    private static let valueScalars = 100

    mutating func countIgnored(_ call: IncomingCall) {
        for id in call.ignored {
            let key = IgnoredKey(
                account: call.account.id,
                source: call.source ?? "",
                kind: id.kind,
                value: String(String.UnicodeScalarView(id.value.unicodeScalars.prefix(Self.valueScalars)))
            )
            let time = call.receivedAt.milliseconds
            var counts = self.pending.ignoredIDs[key] ?? IgnoredCounts(first: time, last: time)
            counts.calls += 1
            counts.first = min(counts.first, time)
            counts.last = max(counts.last, time)
            self.pending.ignoredIDs[key] = counts
        }
    }

    func writeIgnored() throws {
        for (key, counts) in self.pending.ignoredIDs {
            if try self.addIgnored(counts, to: key, value: key.value) { continue }
            let isFull =
                try Int.fetchOne(
                    self.db.cachedStatement(sql: "SELECT count(*) FROM ignoredIds WHERE account = ?"),
                    arguments: [key.account]
                ) ?? 0 >= Self.maximumValues
            let value = isFull ? "" : key.value
            if try isFull && self.addIgnored(counts, to: key, value: value) { continue }
            try self.execute(
                """
                INSERT INTO ignoredIds (account, source, member, value, calls, firstAt, lastAt)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    key.account, SQLText.value(key.source), key.kind.rawValue, SQLText.value(value), counts.calls,
                    counts.first, counts.last,
                ]
            )
        }
    }

    /// - Returns: false if the value was not counted before.
    private func addIgnored(_ counts: IgnoredCounts, to key: IgnoredKey, value: String) throws -> Bool {
        try self.execute(
            """
            UPDATE ignoredIds SET calls = calls + ?, firstAt = min(firstAt, ?), lastAt = max(lastAt, ?)
            WHERE account = ? AND source = ? AND member = ? AND value = ?
            """,
            [
                counts.calls, counts.first, counts.last, key.account, SQLText.value(key.source), key.kind.rawValue,
                SQLText.value(value),
            ]
        )
        return self.db.changesCount > 0
    }
}
