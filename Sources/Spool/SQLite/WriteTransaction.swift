import GRDB

/// One transaction of the committer.
///
/// Lives inside the closure of the transaction, on the committer thread.
struct WriteTransaction {
    let db: Database
    let ledger: Ledger
    let seen: SeenIndex
    let rejectedMaximum: Int

    /// Whether calls were added to the fresh ones, so that the deliverer must be told.
    var addedCalls = false

    /// Carries one operation out.
    mutating func run(_ operation: Operation) throws -> Reply {
        switch operation {
        case .append(let batch): .appended(try self.append(batch))
        case .settle(let settlements, _): try self.settle(settlements)
        case .dead(.replay, let piece): try self.replayDead(piece)
        case .dead(.drop, let piece): try self.dropDead(piece)
        case .tend: .done
        }
    }

    // MARK: Appending

    private mutating func append(_ batch: AppendBatch) throws -> AppendReceipt {
        var duplicates: [Int] = []
        if !batch.calls.isEmpty {
            let insert = try self.db.cachedStatement(
                sql: """
                    INSERT INTO calls (id, source, lane, kind, receivedAt, messageId, traceId, body)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """
            )
            for (index, call) in batch.calls.enumerated() {
                let source = try self.ledger.id(of: call.source, self.db)
                guard try self.seen.insert(call.dedupe, self.db) else {
                    duplicates.append(index)
                    self.ledger.change(source) { $0.duplicates += 1 }
                    continue
                }
                insert.bind(self.ledger.nextId(), at: 1)
                insert.bind(source, at: 2)
                insert.bind(call.lane, at: 3)
                insert.bind(Int64(call.kind), at: 4)
                insert.bind(call.receivedAt, at: 5)
                insert.bind(call.messageId, at: 6)
                insert.bind(call.traceId, at: 7)
                try insert.run(binding: call.body, at: 8)
                self.ledger.change(source) {
                    $0.fresh += 1
                    $0.appended += 1
                }
                self.addedCalls = true
            }
        }
        try self.append(batch.rejected)
        return AppendReceipt(duplicates: duplicates)
    }

    private func append(_ rejected: [RejectedEvent]) throws {
        guard !rejected.isEmpty else { return }
        let insert = try self.db.cachedStatement(
            sql: """
                INSERT INTO rejected (id, source, receivedAt, code, message, messageId, traceId, rawBytes, raw)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        for event in rejected {
            let source = try self.ledger.id(of: event.source, self.db)
            insert.bind(self.ledger.nextId(), at: 1)
            insert.bind(source, at: 2)
            insert.bind(event.receivedAt, at: 3)
            insert.bind(event.code, at: 4)
            insert.bind(event.message.prefix(utf8Bytes: SpoolLimits.reasonBytes), at: 5)
            insert.bind(event.messageId?.prefix(utf8Bytes: SpoolLimits.reasonBytes), at: 6)
            insert.bind(event.traceId, at: 7)
            insert.bind(event.raw.count, at: 8)
            try insert.run(binding: event.raw.prefix(SpoolLimits.rejectedBytes), at: 9)
            self.ledger.change(source) { $0.rejected += 1 }
        }
    }

    /// Lets the oldest rejected events go when there are too many; once a transaction, after its operations.
    func boundRejected(added: Int) throws {
        guard added > 0 else { return }
        let sum = try self.db.cachedStatement(sql: "SELECT sum(rejected) FROM ledger")
        // The ledger does not hold this transaction's yet.
        let kept = (try sum.firstRow { sum.int(0) } ?? 0) + added
        guard kept > self.rejectedMaximum else { return }
        let delete = try self.db.cachedStatement(
            sql: """
                DELETE FROM rejected WHERE id IN (SELECT id FROM rejected ORDER BY id LIMIT ?) RETURNING source
                """
        )
        delete.bind(kept - self.rejectedMaximum, at: 1)
        try delete.forEachRow {
            self.ledger.change(delete.int64(0)) {
                $0.rejected -= 1
                $0.rejectedDropped += 1
            }
        }
    }
}

extension String {
    /// The longest beginning of whole characters that fits into so many bytes.
    func prefix(utf8Bytes limit: Int) -> String {
        guard self.utf8.count > limit else { return self }
        var end = self.utf8.index(self.utf8.startIndex, offsetBy: limit)
        while end > self.startIndex, end.samePosition(in: self.unicodeScalars) == nil {
            end = self.utf8.index(before: end)
        }
        return String(self[..<end])
    }
}
