import Foundation
import GRDB
import Hydra
import HydraLimits
import JSON

/// Taking apart what was joined before an id was known to be nobody's, or too many people's.
///
/// A person is a set of identities, and every call is kept: so the persons concerned are made anew from their calls, by
/// the rules as they are now. Nothing else is touched.
extension CallApplier {
    mutating func separate(_ account: Account) throws -> Separation {
        let rules = try self.rules(of: account)
        let wrong = try self.wronglyJoined(rules, account)
        var separation = Separation()
        separation.ids = Int64(wrong.count)
        guard !wrong.isEmpty else { return separation }
        // What earlier calls of this transaction left open is about persons that are taken apart now.
        try self.finish()
        let persons = try self.concerned(by: wrong, account)
        separation.personsBefore = Int64(persons.count)
        let calls = try self.calls(of: persons)
        let identities = try self.dissolve(persons, account)
        separation.movedCalls = try self.reattribute(calls, of: account, rules: rules, formerly: identities)
        try self.tidy(identities, account)
        let marks = identities.map { "\($0)" }.joined(separator: ",")
        separation.personsAfter =
            try Int64.fetchOne(
                self.db,
                sql: "SELECT count(DISTINCT person) FROM identities WHERE id IN (\(marks))"
            ) ?? 0
        return separation
    }

    // MARK: Who is concerned

    /// Ids that stand for nobody, users with too many devices in a week, and devices that too many users have named.
    private func wronglyJoined(_ rules: IdentityRules, _ account: Account) throws -> Set<Int64> {
        let nobody = rules.nobody
        var wrong: Set<Int64> = []
        let rows = try Row.fetchCursor(
            self.db.cachedStatement(sql: "SELECT id, value FROM identities WHERE account = ?"),
            arguments: [account.id]
        )
        while let row = try rows.next() {
            if nobody.holds(SQLText.read(row, 1) ?? "") { wrong.insert(row[0]) }
        }
        let week: Int64 = 7 * 86_400_000
        wrong.formUnion(
            try Int64.fetchAll(
                self.db.cachedStatement(
                    sql: """
                        SELECT owner FROM identities WHERE owner IS NOT NULL AND account = ?
                        GROUP BY owner, linkedAt / \(week) HAVING count(*) > ?
                        """
                ),
                arguments: [account.id, rules.devicesPerWeek]
            )
        )
        wrong.formUnion(
            try Int64.fetchAll(
                self.db.cachedStatement(
                    sql: """
                        SELECT device FROM deviceUsers JOIN identities ON identities.id = device AND account = ?
                        WHERE owner IS NOT NULL GROUP BY device HAVING count(*) > ?
                        """
                ),
                arguments: [account.id, rules.usersPerDevice]
            )
        )
        return wrong
    }

    /// The persons of these identities, and those whose calls name one of the devices that hang on them: a device that a
    /// placeholder took is somebody's.
    private func concerned(by wrong: Set<Int64>, _ account: Account) throws -> Set<Int64> {
        var persons: Set<Int64> = []
        for identity in wrong {
            let person = try Int64.fetchOne(
                self.db.cachedStatement(sql: "SELECT person FROM identities WHERE id = ?"),
                arguments: [identity]
            )
            if let person { persons.insert(person) }
        }
        var devices: Set<String> = []
        for person in persons {
            let rows = try Row.fetchCursor(
                self.db.cachedStatement(sql: "SELECT value FROM identities WHERE person = ? AND kind = 2"),
                arguments: [person]
            )
            while let row = try rows.next() { devices.insert(SQLText.read(row, 0) ?? "") }
        }
        guard !devices.isEmpty else { return persons }
        let parser = JSONParser(maximumBytes: CallLimits.batchBytes)
        let calls = try Row.fetchCursor(
            self.db.cachedStatement(sql: "SELECT person, body FROM events WHERE account = ? AND person > 0"),
            arguments: [account.id]
        )
        while let call = try calls.next() {
            let person: Int64 = call[0]
            guard !persons.contains(person),
                let device = try? parser.parse([UInt8](call[1] as Data)).root["anonymousId"]?.string
            else { continue }
            if devices.contains(device) { persons.insert(person) }
        }
        return persons
    }

    /// In the order of their arrival.
    private func calls(of persons: Set<Int64>) throws -> [Int64] {
        var calls: [Int64] = []
        for person in persons {
            calls += try Int64.fetchAll(
                self.db.cachedStatement(sql: "SELECT id FROM events WHERE person = ?"),
                arguments: [person]
            )
        }
        return calls.sorted()
    }

    // MARK: Anew

    /// Takes the persons away; each of their identities has one of its own, with nothing known about it.
    ///
    /// - Returns: the identities.
    private mutating func dissolve(_ persons: Set<Int64>, _ account: Account) throws -> Set<Int64> {
        var identities: Set<Int64> = []
        var poorer: Set<Int64> = []
        for person in persons {
            let rows = try Row.fetchAll(
                self.db.cachedStatement(sql: "SELECT id, key FROM identities WHERE person = ?"),
                arguments: [person]
            )
            for row in rows {
                let identity: Int64 = row[0]
                guard let key = RecordKey(bytes: row[1] as Data) else { continue }
                identities.insert(identity)
                poorer.formUnion(
                    try Int64.fetchAll(
                        self.db.cachedStatement(sql: "SELECT DISTINCT company FROM companyTraits WHERE identity = ?"),
                        arguments: [identity]
                    )
                )
                self.pending.deserted.formUnion(
                    try Int64.fetchAll(
                        self.db.cachedStatement(sql: "SELECT company FROM memberships WHERE identity = ?"),
                        arguments: [identity]
                    )
                )
                for table in ["companyTraits", "memberships", "traits", "sharedIdentities"] {
                    try self.execute("DELETE FROM \(table) WHERE identity = ?", [identity])
                }
                try self.execute("DELETE FROM deviceUsers WHERE device = ?1 OR user = ?1", [identity])
                let own = try self.insertPerson(key, account: account, arrivedAt: .now(), seenAt: .now())
                try self.execute(
                    """
                    UPDATE identities SET person = ?, owner = NULL, linkedAt = NULL, linkedReceivedAt = 0,
                        linkedSequence = 0, linkedBy = NULL WHERE id = ?
                    """,
                    [own, identity]
                )
            }
            try self.remove(person: person, account: account)
        }
        self.cache.removeAll()
        for company in poorer { try self.restoreTraits(of: company, account: account) }
        return identities
    }

    /// Gives every call to whom it belongs by the rules as they are.
    ///
    /// - Returns: how many belong to another identity than before.
    private mutating func reattribute(
        _ calls: [Int64],
        of account: Account,
        rules: IdentityRules,
        formerly identities: Set<Int64>
    ) throws -> Int64 {
        let parser = JSONParser(maximumBytes: CallLimits.batchBytes)
        let nobody = rules.nobody
        var touched = identities
        var moved: Int64 = 0
        for id in calls {
            let row = try Row.fetchOne(
                self.db.cachedStatement(
                    sql: """
                        SELECT identity, kind, messageId, timestamp, receivedAt, sequence, body FROM events WHERE id = ?
                        """
                ),
                arguments: [id]
            )
            guard let row, let kind = CallKind(rawValue: row[1]) else { continue }
            let former: Int64 = row[0]
            let reader = CallReader(
                account: account,
                arrivedAt: Instant(milliseconds: row[4]),
                idempotencyKey: SQLText.read(row, 2),
                sequence: CallSequence(),
                nobody: nobody
            )
            // What was taken once can be read again; what cannot stays with nobody.
            let call = try? reader.single(parser.parse([UInt8](row[6] as Data)), kind: kind)
                .taken(at: Instant(milliseconds: row[3]), receivedAt: Instant(milliseconds: row[4]), sequence: row[5])
            let identity = try call.flatMap { try self.resolve($0) }
            try self.execute(
                "UPDATE events SET person = ?, identity = ? WHERE id = ?",
                [identity?.person ?? 0, identity?.id ?? 0, id]
            )
            if former != identity?.id { moved += 1 }
            guard let call else { continue }
            if former != identity?.id, let use = call.use, let feature = use.feature, !feature.isEmpty {
                let day = UsageDay(call.timestamp)
                try CountedUse(db: self.db, account: account.id, feature: feature, flag: use.flag).move(
                    from: (former, day),
                    to: identity.map { ($0.id, day) }
                )
            }
            guard let identity else { continue }
            touched.insert(identity.id)
            self.pending.recounted.insert(identity.person)
            self.pending.summaries[identity.person] = account
            try self.takeIn(call, by: identity)
        }
        try CountedUse.renewHistories(of: touched, account: account.id, in: self.db)
        return moved
    }

    /// Takes away identities that no call names any more.
    private mutating func tidy(_ identities: Set<Int64>, _ account: Account) throws {
        for identity in identities {
            let row = try Row.fetchOne(
                self.db.cachedStatement(
                    sql: """
                        SELECT person FROM identities WHERE id = ?1 AND owner IS NULL
                            AND NOT EXISTS (SELECT 1 FROM events WHERE person = identities.person)
                            AND NOT EXISTS (SELECT 1 FROM identities AS other
                                WHERE other.person = identities.person AND other.id <> ?1)
                        """
                ),
                arguments: [identity]
            )
            guard let row else { continue }
            try self.execute("DELETE FROM identities WHERE id = ?", [identity])
            try self.execute("DELETE FROM useHistory WHERE identity = ?", [identity])
            try self.remove(person: row[0], account: account)
        }
        self.cache.removeAll()
    }
}

extension IncomingCall {
    /// The call with the times under which it was taken.
    fileprivate func taken(at timestamp: Instant, receivedAt: Instant, sequence: Int64) -> IncomingCall {
        IncomingCall(
            account: self.account,
            kind: self.kind,
            messageId: self.messageId,
            messageHash: self.messageHash,
            user: self.user,
            anonymous: self.anonymous,
            ignored: self.ignored,
            timestamp: timestamp,
            receivedAt: receivedAt,
            sequence: sequence,
            clockFault: self.clockFault,
            arrivedAt: self.arrivedAt,
            source: self.source,
            body: self.body,
            use: self.use,
            traits: self.traits,
            company: self.company
        )
    }
}
