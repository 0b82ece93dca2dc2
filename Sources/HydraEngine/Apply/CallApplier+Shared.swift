import GRDB

/// Ids that hang together with more others than one person's can.
extension CallApplier {
    private static let week: Int64 = 7 * 86_400_000

    /// Notes that a user beside the owner named a device. One user too many, and the device is nobody's.
    ///
    /// - Returns: whether it is nobody's now.
    mutating func isSharedNow(
        _ device: Identity,
        _ decided: Identity.Link,
        _ user: Identity,
        call: IncomingCall
    ) throws -> Bool {
        try self.execute("INSERT OR IGNORE INTO deviceUsers (device, user) VALUES (?, ?)", [device.id, user.id])
        guard self.db.changesCount > 0 else { return false }
        // The owner stands there too: it may lose the device to an earlier call.
        try self.execute("INSERT OR IGNORE INTO deviceUsers (device, user) VALUES (?, ?)", [device.id, decided.owner])
        let users =
            try Int64.fetchOne(
                self.db.cachedStatement(sql: "SELECT count(*) FROM deviceUsers WHERE device = ?"),
                arguments: [device.id]
            ) ?? 0
        guard users > (try self.rules(of: call.account).usersPerDevice) else { return false }
        try self.noteShared(device.id, kind: .anonymous, others: users, call: call)
        try self.release(device, call: call)
        return true
    }

    /// Whether a user has as many devices of the call's week as are joined; notes that one more came.
    mutating func hasTooManyDevices(_ user: Identity, call: IncomingCall) throws -> Bool {
        let start = UsageDay(call.timestamp).number / 7 * Self.week
        let devices =
            try Int64.fetchOne(
                self.db.cachedStatement(
                    sql: "SELECT count(*) FROM identities WHERE owner = ? AND linkedAt >= ? AND linkedAt < ?"
                ),
                arguments: [user.id, start, start &+ Self.week]
            ) ?? 0
        guard devices >= (try self.rules(of: call.account).devicesPerWeek) else { return false }
        try self.noteShared(user.id, kind: .user, others: nil, call: call)
        return true
    }

    /// - Parameter others: how many there are; nil: one more than before.
    private func noteShared(_ identity: Int64, kind: RecordKey.Kind, others: Int64?, call: IncomingCall) throws {
        try self.execute(
            """
            INSERT INTO sharedIdentities (identity, account, kind, others, firstAt, lastAt)
            VALUES (?1, ?2, ?3, coalesce(?4, 1), ?5, ?5) ON CONFLICT (identity) DO UPDATE SET
                others = coalesce(?4, others + 1), firstAt = min(firstAt, ?5), lastAt = max(lastAt, ?5)
            """,
            [identity, call.account.id, kind.rawValue, others, call.receivedAt.milliseconds]
        )
    }

    /// Gives a device, with what it did by itself, a person of its own.
    private mutating func release(_ device: Identity, call: IncomingCall) throws {
        let person = try self.insertPerson(
            device.key,
            account: call.account,
            arrivedAt: call.arrivedAt,
            seenAt: call.timestamp
        )
        try self.moveEvents(of: device, to: person)
        try self.execute(
            """
            UPDATE identities SET person = ?, owner = NULL, linkedAt = NULL, linkedReceivedAt = 0, linkedSequence = 0,
                linkedBy = NULL WHERE id = ?
            """,
            [person, device.id]
        )
        self.pending.recounted.formUnion([person, device.person])
        self.pending.summaries[device.person] = call.account
        try PatternStore(db: self.db, account: call.account.id).makeStale()
        var device = device
        device.person = person
        device.link = nil
        device.isShared = true
        self.remember(device)
    }

    func rules(of account: Account) throws -> IdentityRules {
        try IdentityRules.of(account.id, in: self.db)
    }
}
