/// The identities that were lately met, so that most calls find theirs without a query.
///
/// True only while one process writes (``StoreLock``) and while the transaction that filled it was committed: after a
/// rollback it is emptied. A value; the committer thread's.
struct IdentityCache: Sendable {
    private var identities: [RecordKey: Identity] = [:]

    subscript(key: RecordKey) -> Identity? {
        self.identities[key]
    }

    mutating func insert(_ identity: Identity) {
        // Forgetting all at once is rare, costs a query for each identity met again, and needs no bookkeeping.
        if self.identities.count >= EngineLimits.cachedIdentities { self.identities.removeAll(keepingCapacity: true) }
        self.identities[identity.key] = identity
    }

    mutating func removeAll() {
        self.identities.removeAll()
    }
}

/// One user id or anonymous id of an account, as it stands in the database.
struct Identity: Sendable {
    let id: Int64
    let key: RecordKey
    var person: Int64
    /// Of an anonymous id that belongs to a user.
    var link: Link?
    /// Of an anonymous id that too many users have named: it is nobody's any more.
    var isShared = false

    struct Link: Sendable {
        /// The user's identity.
        let owner: Int64
        /// The earliest call that named both: it decides whose the anonymous id is.
        let stamp: Stamp
    }
}
