import GRDB

extension WriteTransaction {
    /// Records what became of calls, in the order given.
    func settle(_ settlements: [Settlement]) throws -> Reply {
        var delivered: [Int64] = []
        for settlement in settlements {
            if case .delivered(let id) = settlement {
                delivered.append(id)
                continue
            }
            try self.remove(delivered: &delivered)
            switch settlement {
            case .delivered: break
            case .dead(let id, let reason): try self.bury(id, reason)
            case .retry(let id, let attempts, let firstAttemptAt, let notBefore, let reason):
                try self.retry(
                    id,
                    attempts: attempts,
                    firstAttemptAt: firstAttemptAt,
                    notBefore: notBefore,
                    reason: reason
                )
            case .park(let id): try self.park(id)
            }
        }
        try self.remove(delivered: &delivered)
        return .done
    }

    // MARK: Delivered

    /// Deletes delivered calls. Ids that follow each other, as most do when a backlog drains, are deleted in one walk.
    private func remove(delivered ids: inout [Int64]) throws {
        guard !ids.isEmpty else { return }
        defer { ids.removeAll(keepingCapacity: true) }
        ids.sort()
        var start = ids.startIndex
        while start < ids.endIndex {
            var end = start + 1
            while end < ids.endIndex, ids[end] == ids[end - 1] || ids[end] &- 1 == ids[end - 1] { end += 1 }
            try self.remove(run: ids[start..<end])
            start = end
        }
    }

    private func remove(run ids: ArraySlice<Int64>) throws {
        guard let first = ids.first, let last = ids.last else { return }
        let select = try self.db.cachedStatement(sql: "SELECT id, source FROM calls WHERE id BETWEEN ? AND ?")
        select.bind(first, at: 1)
        select.bind(last, at: 2)
        var found: [Int64] = []
        var source: Int64 = 0
        var count = 0
        try select.forEachRow {
            found.append(select.int64(0))
            if select.int64(1) != source {
                self.countDelivered(fresh: count, of: source)
                source = select.int64(1)
                count = 0
            }
            count += 1
        }
        self.countDelivered(fresh: count, of: source)
        if !found.isEmpty {
            let delete = try self.db.cachedStatement(sql: "DELETE FROM calls WHERE id BETWEEN ? AND ?")
            delete.bind(first, at: 1)
            delete.bind(last, at: 2)
            try delete.run()
        }
        guard found.count < Int(last - first) + 1 else { return }
        var present = found[...]
        for id in first...last {
            if present.first == id {
                present.removeFirst()
            } else {
                try self.removeDeferred(id)
            }
        }
    }

    private func countDelivered(fresh count: Int, of source: Int64) {
        guard count > 0 else { return }
        self.ledger.change(source) {
            $0.fresh -= count
            $0.delivered += count
        }
    }

    private func removeDeferred(_ id: Int64) throws {
        guard let source = try self.source(ofDeferred: id) else { return }
        try self.deleteDeferred(id)
        self.ledger.change(source) {
            $0.deferred -= 1
            $0.delivered += 1
        }
    }

    // MARK: Deferred

    private func retry(
        _ id: Int64,
        attempts: Int,
        firstAttemptAt: Int64,
        notBefore: Int64,
        reason: String
    ) throws {
        let reason = reason.prefix(utf8Bytes: SpoolLimits.reasonBytes)
        let update = try self.db.cachedStatement(
            sql: "UPDATE deferred SET attempts = ?, firstAttemptAt = ?, notBefore = ?, reason = ? WHERE id = ?"
        )
        update.bind(attempts, at: 1)
        update.bind(firstAttemptAt, at: 2)
        update.bind(notBefore, at: 3)
        update.bind(reason, at: 4)
        update.bind(id, at: 5)
        guard try update.runCounting() == 0 else { return }
        try self.deferFresh(
            id,
            attempts: attempts,
            firstAttemptAt: firstAttemptAt,
            notBefore: notBefore,
            reason: reason
        )
    }

    private func park(_ id: Int64) throws {
        try self.deferFresh(id, attempts: 0, firstAttemptAt: nil, notBefore: 0, reason: nil)
    }

    /// Moves a fresh call to the deferred ones; nothing if it is not there.
    private func deferFresh(
        _ id: Int64,
        attempts: Int,
        firstAttemptAt: Int64?,
        notBefore: Int64,
        reason: String?
    ) throws {
        guard let source = try self.source(ofFresh: id) else { return }
        let insert = try self.db.cachedStatement(
            sql: """
                INSERT INTO deferred (id, source, lane, kind, receivedAt, attempts, firstAttemptAt, notBefore, reason,
                    messageId, traceId, body)
                SELECT id, source, lane, kind, receivedAt, ?, ?, ?, ?, messageId, traceId, body FROM calls WHERE id = ?
                """
        )
        insert.bind(attempts, at: 1)
        insert.bind(firstAttemptAt, at: 2)
        insert.bind(notBefore, at: 3)
        insert.bind(reason, at: 4)
        insert.bind(id, at: 5)
        try insert.run()
        try self.deleteFresh(id)
        self.ledger.change(source) {
            $0.fresh -= 1
            $0.deferred += 1
        }
    }

    // MARK: Dead

    private func bury(_ id: Int64, _ reason: DeadReason) throws {
        if let source = try self.source(ofFresh: id) {
            let insert = try self.db.cachedStatement(sql: Self.bury(from: "calls", firstAttemptAt: "NULL"))
            try self.run(burial: insert, id, reason)
            try self.deleteFresh(id)
            self.ledger.change(source) {
                $0.fresh -= 1
                $0.dead += 1
            }
        } else if let source = try self.source(ofDeferred: id) {
            let insert = try self.db.cachedStatement(sql: Self.bury(from: "deferred", firstAttemptAt: "firstAttemptAt"))
            try self.run(burial: insert, id, reason)
            try self.deleteDeferred(id)
            self.ledger.change(source) {
                $0.deferred -= 1
                $0.dead += 1
            }
        }
    }

    private func run(burial insert: Statement, _ id: Int64, _ reason: DeadReason) throws {
        insert.bind(reason.attempts, at: 1)
        insert.bind(reason.at, at: 2)
        insert.bind(reason.code, at: 3)
        insert.bind(reason.status.map(Int64.init), at: 4)
        insert.bind(reason.message.prefix(utf8Bytes: SpoolLimits.reasonBytes), at: 5)
        insert.bind(reason.answer.prefix(utf8Bytes: SpoolLimits.reasonBytes), at: 6)
        insert.bind(id, at: 7)
        try insert.run()
    }

    private static func bury(from table: String, firstAttemptAt: String) -> String {
        """
        INSERT INTO dead (id, source, lane, kind, receivedAt, attempts, firstAttemptAt, diedAt, code, status, message,
            answer, messageId, traceId, body)
        SELECT id, source, lane, kind, receivedAt, ?, \(firstAttemptAt), ?, ?, ?, ?, ?, messageId, traceId, body
        FROM \(table) WHERE id = ?
        """
    }

    // MARK: Rows

    private func source(ofFresh id: Int64) throws -> Int64? {
        try self.source("SELECT source FROM calls WHERE id = ?", id)
    }

    private func source(ofDeferred id: Int64) throws -> Int64? {
        try self.source("SELECT source FROM deferred WHERE id = ?", id)
    }

    private func source(_ sql: String, _ id: Int64) throws -> Int64? {
        let select = try self.db.cachedStatement(sql: sql)
        select.bind(id, at: 1)
        return try select.firstRow { select.int64(0) }
    }

    private func deleteFresh(_ id: Int64) throws {
        try self.delete("DELETE FROM calls WHERE id = ?", id)
    }

    private func deleteDeferred(_ id: Int64) throws {
        try self.delete("DELETE FROM deferred WHERE id = ?", id)
    }

    func delete(_ sql: String, _ id: Int64) throws {
        let delete = try self.db.cachedStatement(sql: sql)
        delete.bind(id, at: 1)
        try delete.run()
    }
}
