import GRDB

extension WriteTransaction {
    /// Makes dead letters fresh calls again, under new ids, in the order of their old ones.
    mutating func replayDead(_ piece: DeadPiece) throws -> Reply {
        let letters = try self.deadLetters(piece)
        let insert = try self.db.cachedStatement(
            sql: """
                INSERT INTO calls (id, source, lane, kind, receivedAt, messageId, traceId, body)
                SELECT ?, source, lane, kind, receivedAt, messageId, traceId, body FROM dead WHERE id = ?
                """
        )
        for letter in letters {
            insert.bind(self.ledger.nextId(), at: 1)
            insert.bind(letter.id, at: 2)
            try insert.run()
            try self.delete("DELETE FROM dead WHERE id = ?", letter.id)
            self.ledger.change(letter.source) {
                $0.dead -= 1
                $0.fresh += 1
            }
            self.addedCalls = true
        }
        return .dead(count: letters.count, lastId: letters.last?.id)
    }

    /// Deletes dead letters.
    func dropDead(_ piece: DeadPiece) throws -> Reply {
        let letters = try self.deadLetters(piece)
        for letter in letters {
            try self.delete("DELETE FROM dead WHERE id = ?", letter.id)
            self.ledger.change(letter.source) { $0.dead -= 1 }
        }
        return .dead(count: letters.count, lastId: letters.last?.id)
    }

    private func deadLetters(_ piece: DeadPiece) throws -> [(id: Int64, source: Int64)] {
        var letters: [(id: Int64, source: Int64)] = []
        switch piece.selection {
        case .ids(let ids):
            let select = try self.db.cachedStatement(sql: "SELECT source FROM dead WHERE id = ?")
            for id in Set(ids).sorted() where id > piece.after && id <= piece.through && letters.count < piece.limit {
                select.bind(id, at: 1)
                if let source = try select.firstRow({ select.int64(0) }) { letters.append((id, source)) }
            }
        case .source(let name):
            let find = try self.db.cachedStatement(sql: "SELECT id FROM ledger WHERE name = ? AND id > 0")
            find.bind(name, at: 1)
            guard let source = try find.firstRow({ find.int64(0) }) else { return [] }
            let select = try self.db.cachedStatement(
                sql: "SELECT id FROM dead WHERE source = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?"
            )
            select.bind(source, at: 1)
            select.bind(piece.after, at: 2)
            select.bind(piece.through, at: 3)
            select.bind(piece.limit, at: 4)
            try select.forEachRow { letters.append((select.int64(0), source)) }
        case .all:
            let select = try self.db.cachedStatement(
                sql: "SELECT id, source FROM dead WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"
            )
            select.bind(piece.after, at: 1)
            select.bind(piece.through, at: 2)
            select.bind(piece.limit, at: 3)
            try select.forEachRow { letters.append((select.int64(0), select.int64(1))) }
        }
        return letters
    }
}
