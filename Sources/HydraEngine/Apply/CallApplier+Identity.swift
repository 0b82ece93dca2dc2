import Foundation
import GRDB
import Hydra

/// Who a call is about.
///
/// The rules:
/// - A call with a user id is about that user; one with an anonymous id alone is about whoever the anonymous id belongs
///   to.
/// - The first call (by ``Stamp``, not by arrival) that names both decides: from then on, and back to its beginning,
///   the anonymous id belongs to that user, with everything it did.
/// - An anonymous id belongs to one user for ever: when a second user signs in on the same device, that user's calls
///   are told apart by their user id. Two users are never joined.
/// - If the deciding call arrives late, the anonymous id moves to its rightful owner.
/// - An anonymous id that very many users have named belongs to none of them (``IdentityRules``). Beyond a number of
///   anonymous ids in a week none is joined to a user any more: which ones, the order of arrival says.
/// - An id that stands for nobody (``NobodyRule``) is none.
extension CallApplier {
    /// The identity that the call's contents are kept with: the user's if there is one.
    ///
    /// - Returns: nil if the call names nobody.
    mutating func resolve(_ call: IncomingCall) throws -> Identity? {
        guard let user = call.user else {
            guard let anonymous = call.anonymous else { return nil }
            return try self.identity(anonymous.key) ?? self.makePerson(anonymous, kind: .anonymous, call: call)
        }
        guard let anonymous = call.anonymous else {
            return try self.identity(user.key) ?? self.makePerson(user, kind: .user, call: call)
        }
        let device = try self.identity(anonymous.key)
        if let known = try self.identity(user.key) {
            try self.link(device, anonymous, to: known, call: call)
            return known
        }
        if let device, device.link == nil, !device.isShared {
            // The anonymous person turns out to be this new user: the record is kept, nothing has to move.
            return try self.promote(device, to: user, call: call)
        }
        let known = try self.makePerson(user, kind: .user, call: call)
        try self.link(device, anonymous, to: known, call: call)
        return known
    }

    mutating func identity(_ key: RecordKey) throws -> Identity? {
        if let cached = self.cache.identities[key] { return cached }
        let statement = try self.db.cachedStatement(
            sql:
                "SELECT id, person, owner, linkedAt, linkedReceivedAt, linkedSequence, linkedBy, EXISTS (SELECT 1 FROM sharedIdentities WHERE identity = identities.id AND kind = 2) FROM identities WHERE key = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [key.data]) else { return nil }
        var identity = Identity(id: row[0], key: key, person: row[1], link: nil)
        identity.isShared = row[7]
        if let owner = row[2] as Int64? { identity.link = Identity.Link(owner: owner, stamp: Stamp(row, at: 3)) }
        self.remember(identity)
        return identity
    }

    mutating func remember(_ identity: Identity) {
        self.cache.identities.insert(identity)
    }

    /// A new identity, and a person that has only this one.
    mutating func makePerson(
        _ subject: IncomingCall.Subject,
        kind: RecordKey.Kind,
        call: IncomingCall
    ) throws -> Identity {
        let person = try self.insertPerson(
            subject.key,
            account: call.account,
            arrivedAt: call.arrivedAt,
            seenAt: call.timestamp
        )
        return try self.makeIdentity(subject, kind: kind, person: person, link: nil, call: call)
    }

    /// A person that has no identity yet.
    mutating func insertPerson(
        _ key: RecordKey,
        account: Account,
        arrivedAt: Instant,
        seenAt: Instant
    ) throws -> Int64 {
        try self.execute(
            """
            INSERT INTO persons (account, key, createdAt, updatedAt, firstSeenAt, lastSeenAt)
            VALUES (?1, ?2, ?3, ?3, ?4, ?4)
            """,
            [account.id, key.data, arrivedAt.milliseconds, seenAt.milliseconds]
        )
        let person = self.db.lastInsertedRowID
        self.pending.summaries[person] = account
        return person
    }

    private mutating func makeIdentity(
        _ subject: IncomingCall.Subject,
        kind: RecordKey.Kind,
        person: Int64,
        link: Identity.Link?,
        call: IncomingCall
    ) throws -> Identity {
        try self.execute(
            """
            INSERT INTO identities (key, account, person, kind, value, owner, linkedAt, linkedReceivedAt,
                linkedSequence, linkedBy) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                subject.key.data, call.account.id, person, kind.rawValue, SQLText.value(subject.value), link?.owner,
                link?.stamp.time.milliseconds, link?.stamp.receivedAt.milliseconds ?? 0, link?.stamp.sequence ?? 0,
                SQLText.value(link?.stamp.messageId),
            ]
        )
        let identity = Identity(id: self.db.lastInsertedRowID, key: subject.key, person: person, link: link)
        self.remember(identity)
        return identity
    }

    /// Gives an anonymous person the user id that it turned out to have.
    private mutating func promote(
        _ device: Identity,
        to user: IncomingCall.Subject,
        call: IncomingCall
    ) throws -> Identity {
        let known = try self.makeIdentity(user, kind: .user, person: device.person, link: nil, call: call)
        try self.execute("UPDATE persons SET key = ? WHERE id = ?", [user.key.data, device.person])
        try self.setLink(of: device, Identity.Link(owner: known.id, stamp: call.stamp), person: device.person)
        self.pending.summaries[device.person] = call.account
        return known
    }

    /// Lets the call say that an anonymous id belongs to a user.
    private mutating func link(
        _ device: Identity?,
        _ anonymous: IncomingCall.Subject,
        to user: Identity,
        call: IncomingCall
    ) throws {
        let link = Identity.Link(owner: user.id, stamp: call.stamp)
        guard let device else {
            guard try !self.hasTooManyDevices(user, call: call) else { return }
            _ = try self.makeIdentity(anonymous, kind: .anonymous, person: user.person, link: link, call: call)
            return
        }
        if device.isShared { return }
        if let decided = device.link {
            if decided.owner != user.id, try self.isSharedNow(device, decided, user, call: call) { return }
            if decided.stamp <= call.stamp { return }
        }
        if device.link?.owner != user.id, try self.hasTooManyDevices(user, call: call) { return }
        try self.setLink(of: device, link, person: user.person)
        if device.person != user.person {
            try self.move(device, to: user.person, account: call.account)
        }
    }

    private mutating func setLink(of device: Identity, _ link: Identity.Link, person: Int64) throws {
        try self.execute(
            """
            UPDATE identities SET person = ?, owner = ?, linkedAt = ?, linkedReceivedAt = ?, linkedSequence = ?,
                linkedBy = ? WHERE id = ?
            """,
            [
                person, link.owner, link.stamp.time.milliseconds, link.stamp.receivedAt.milliseconds,
                link.stamp.sequence, SQLText.value(link.stamp.messageId), device.id,
            ]
        )
        var device = device
        device.person = person
        device.link = link
        self.remember(device)
    }

    /// Takes the past of an anonymous id along to the person it belongs to now.
    private mutating func move(_ device: Identity, to person: Int64, account: Account) throws {
        try self.moveEvents(of: device, to: person)
        self.pending.recounted.insert(person)
        self.pending.summaries[person] = account
        if device.link == nil {
            // It was an anonymous person of its own: nothing of it is left.
            try self.remove(person: device.person, account: account)
        } else {
            self.pending.recounted.insert(device.person)
            self.pending.summaries[device.person] = account
        }
    }

    func moveEvents(of device: Identity, to person: Int64) throws {
        // By (person, kind, timestamp): reads the old person's events only, and needs no index by identity.
        try self.execute(
            "UPDATE events SET person = ? WHERE person = ? AND identity = ?",
            [person, device.person, device.id]
        )
    }

    /// Takes away a person of which nothing is left.
    mutating func remove(person: Int64, account: Account) throws {
        let company = try Int64.fetchOne(
            self.db.cachedStatement(sql: "SELECT company FROM persons WHERE id = ?"),
            arguments: [person]
        )
        if let company { self.pending.deserted.insert(company) }
        try Findings.forget(person: person, account: account.id, in: self.db)
        try self.execute("DELETE FROM persons WHERE id = ?", [person])
        self.pending.forget(person: person)
    }
}
