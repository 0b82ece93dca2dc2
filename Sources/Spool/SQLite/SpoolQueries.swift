import GRDB

/// What is read from the database, each in the snapshot of one read.
///
/// Stateless; used inside the access closures of reading connections.
struct SpoolQueries {
    let db: Database
    let names: SourceNames

    // MARK: Fresh calls

    func fresh(
        after id: Int64,
        sources: SourceFilter,
        limit: Int,
        maximumBytes: Int,
        maximumRows: Int
    ) throws -> FreshPage {
        var sourceNames = SnapshotNames(db: self.db, shared: self.names)
        var calls: [StoredCall] = []
        var bytes = 0
        var examined = 0
        var scannedThrough = id
        let select = try self.db.cachedStatement(
            sql: """
                SELECT id, source, lane, kind, receivedAt, messageId, traceId, body FROM calls WHERE id > ? ORDER BY id
                """
        )
        select.bind(id, at: 1)
        defer { select.rewind() }
        while try select.step() {
            let isEnough = calls.count >= limit || (!calls.isEmpty && bytes >= maximumBytes) || examined >= maximumRows
            if isEnough { return FreshPage(calls: calls, scannedThrough: scannedThrough, reachedEnd: false) }
            examined += 1
            scannedThrough = select.int64(0)
            let source = try sourceNames.name(of: select.int64(1))
            guard sources.includes(source) else { continue }
            let call = StoredCall(
                id: scannedThrough,
                source: source,
                kind: UInt8(truncatingIfNeeded: select.int64(3)),
                lane: select.int64(2),
                messageId: select.text(5),
                traceId: select.text(6),
                receivedAt: select.int64(4),
                body: select.bytes(7)
            )
            bytes += call.body.count
            calls.append(call)
        }
        return FreshPage(calls: calls, scannedThrough: scannedThrough, reachedEnd: true)
    }

    func freshSources() throws -> FreshSources {
        let select = try self.db.cachedStatement(
            sql: "SELECT name FROM ledger WHERE id > 0 AND fresh > 0 ORDER BY name"
        )
        var names: [String] = []
        try select.forEachRow { names.append(select.text(0)) }
        return FreshSources(names: names, lastID: try self.lastId())
    }

    /// Whether a fresh call with a higher id is there.
    func hasFresh(after id: Int64) throws -> Bool {
        let select = try self.db.cachedStatement(sql: "SELECT 1 FROM calls WHERE id > ? LIMIT 1")
        select.bind(id, at: 1)
        return try select.firstRow { true } ?? false
    }

    private func lastId() throws -> Int64 {
        let select = try self.db.cachedStatement(sql: "SELECT lastId FROM ledger WHERE id = 0")
        return try select.firstRow { select.int64(0) } ?? 0
    }

    // MARK: Deferred calls

    func deferredLanes(after lane: Int64?, limit: Int) throws -> [DeferredLane] {
        var sourceNames = SnapshotNames(db: self.db, shared: self.names)
        // The inner query reads the index alone; the outer one adds a lane's head.
        let select = try self.db.cachedStatement(
            sql: """
                SELECT lanes.lane, lanes.count, lanes.head, deferred.source, deferred.notBefore, deferred.attempts
                FROM (
                    SELECT lane, count(*) AS count, min(id) AS head FROM deferred
                    WHERE lane >= ? GROUP BY lane ORDER BY lane LIMIT ?
                ) AS lanes
                JOIN deferred ON deferred.id = lanes.head
                ORDER BY lanes.lane
                """
        )
        var from = Int64.min
        if let lane {
            guard lane < .max else { return [] }
            from = lane + 1
        }
        select.bind(from, at: 1)
        select.bind(limit, at: 2)
        var lanes: [DeferredLane] = []
        try select.forEachRow {
            lanes.append(
                DeferredLane(
                    lane: select.int64(0),
                    source: try sourceNames.name(of: select.int64(3)),
                    count: select.int(1),
                    headId: select.int64(2),
                    notBefore: select.int64(4),
                    attempts: select.int(5)
                )
            )
        }
        return lanes
    }

    func deferred(lanes: [Int64], limit: Int, maximumBytes: Int) throws -> [DeferredCalls] {
        var sourceNames = SnapshotNames(db: self.db, shared: self.names)
        let select = try self.db.cachedStatement(
            sql: """
                SELECT id, source, lane, kind, receivedAt, messageId, traceId, body, attempts, firstAttemptAt, notBefore
                FROM deferred WHERE lane = ? ORDER BY id
                """
        )
        var bytes = 0
        return try lanes.map { lane in
            var calls: [StoredCall] = []
            select.bind(lane, at: 1)
            defer { select.rewind() }
            while try select.step() {
                if calls.count >= max(limit, 1) || (!calls.isEmpty && bytes >= maximumBytes) {
                    return DeferredCalls(lane: lane, calls: calls, hasMore: true)
                }
                let call = StoredCall(
                    id: select.int64(0),
                    source: try sourceNames.name(of: select.int64(1)),
                    kind: UInt8(truncatingIfNeeded: select.int64(3)),
                    lane: select.int64(2),
                    messageId: select.text(5),
                    traceId: select.text(6),
                    receivedAt: select.int64(4),
                    body: select.bytes(7),
                    attempts: select.int(8),
                    firstAttemptAt: select.int64OrNil(9),
                    notBefore: select.int64(10)
                )
                bytes += call.body.count
                calls.append(call)
            }
            return DeferredCalls(lane: lane, calls: calls, hasMore: false)
        }
    }

    // MARK: Dead letters

    func deadLetters(source: String?, after id: Int64, limit: Int) throws -> [DeadLetter] {
        if let source {
            return try self.deadLetters(
                "source = (SELECT id FROM ledger WHERE name = ? AND id > 0) AND id > ? ORDER BY id LIMIT ?"
            ) { select in
                select.bind(source, at: 1)
                select.bind(id, at: 2)
                select.bind(limit, at: 3)
            }
        }
        return try self.deadLetters("id > ? ORDER BY id LIMIT ?") { select in
            select.bind(id, at: 1)
            select.bind(limit, at: 2)
        }
    }

    func deadLetter(id: Int64) throws -> DeadLetter? {
        try self.deadLetters("id = ?") { $0.bind(id, at: 1) }.first
    }

    /// The highest id of a dead letter; 0 when there is none.
    func lastDeadId() throws -> Int64 {
        let select = try self.db.cachedStatement(sql: "SELECT coalesce(max(id), 0) FROM dead")
        return try select.firstRow { select.int64(0) } ?? 0
    }

    /// The newest first, without bodies: SQLite then does not read the pages that only a body fills.
    func newestDeadLetters(limit: Int) throws -> [DeadLetter] {
        try self.deadLetters("true ORDER BY id DESC LIMIT ?", body: "x''") { $0.bind(limit, at: 1) }
    }

    /// Ids of the dead letters of one reason, or of all.
    func deadIds(code: String?, after id: Int64, through: Int64, limit: Int) throws -> [Int64] {
        let select = try self.db.cachedStatement(
            sql: """
                SELECT id FROM dead WHERE id > ? AND id <= ? \(code == nil ? "" : "AND code = ?") ORDER BY id LIMIT ?
                """
        )
        select.bind(id, at: 1)
        select.bind(through, at: 2)
        if let code { select.bind(code, at: 3) }
        select.bind(limit, at: code == nil ? 3 : 4)
        var ids: [Int64] = []
        try select.forEachRow { ids.append(select.int64(0)) }
        return ids
    }

    private func deadLetters(
        _ condition: String,
        body: StaticString = "body",
        _ bind: (Statement) -> Void
    ) throws -> [DeadLetter] {
        var sourceNames = SnapshotNames(db: self.db, shared: self.names)
        let select = try self.db.cachedStatement(
            sql: """
                SELECT id, source, lane, kind, receivedAt, messageId, traceId, \(body), attempts, firstAttemptAt,
                    diedAt, code, status, message, answer
                FROM dead WHERE \(condition)
                """
        )
        bind(select)
        var letters: [DeadLetter] = []
        try select.forEachRow {
            let call = StoredCall(
                id: select.int64(0),
                source: try sourceNames.name(of: select.int64(1)),
                kind: UInt8(truncatingIfNeeded: select.int64(3)),
                lane: select.int64(2),
                messageId: select.text(5),
                traceId: select.text(6),
                receivedAt: select.int64(4),
                body: select.bytes(7),
                attempts: select.int(8),
                firstAttemptAt: select.int64OrNil(9)
            )
            let reason = DeadReason(
                code: select.text(11),
                status: select.int64OrNil(12).map(Int.init),
                message: select.text(13),
                answer: select.text(14),
                attempts: select.int(8),
                at: select.int64(10)
            )
            letters.append(DeadLetter(call: call, reason: reason))
        }
        return letters
    }

    // MARK: Rejected events

    func rejectedEvents(after id: Int64, limit: Int) throws -> [RejectedRecord] {
        var sourceNames = SnapshotNames(db: self.db, shared: self.names)
        let select = try self.db.cachedStatement(
            sql: """
                SELECT id, source, receivedAt, code, message, messageId, traceId, rawBytes, raw
                FROM rejected WHERE id > ? ORDER BY id LIMIT ?
                """
        )
        select.bind(id, at: 1)
        select.bind(limit, at: 2)
        var records: [RejectedRecord] = []
        try select.forEachRow {
            let event = RejectedEvent(
                source: try sourceNames.name(of: select.int64(1)),
                code: select.text(3),
                message: select.text(4),
                messageId: select.textOrNil(5),
                traceId: select.text(6),
                receivedAt: select.int64(2),
                raw: select.bytes(8)
            )
            records.append(RejectedRecord(id: select.int64(0), event: event, rawBytes: select.int(7)))
        }
        return records
    }
}
