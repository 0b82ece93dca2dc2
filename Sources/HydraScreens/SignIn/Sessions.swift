import HydraEngine

/// Who is signed in. Sessions are kept in the store, so that a restart keeps them. Any thread; may wait for the disk.
struct Sessions: Sendable {
    /// Without a request for so long, a session ends. In milliseconds.
    static let idle: Int64 = 12 * 3_600_000
    /// However much it is used.
    static let longest: Int64 = 7 * 86_400_000
    /// A use is noted this often: not every page is worth a write.
    private static let touch: Int64 = 300_000

    let store: ScreenStore
    let clock: @Sendable () -> Instant

    func open() throws -> SessionToken {
        let now = self.clock()
        try self.store.deleteSessions(
            createdBefore: Instant(milliseconds: now.milliseconds &- Self.longest),
            usedBefore: Instant(milliseconds: now.milliseconds &- Self.idle)
        )
        let token = SessionToken.random()
        try self.store.insertSession(token.hash, now: now)
        return token
    }

    /// - Parameter isUse: whether it is somebody who asks, so that the session goes on; a program's question is none.
    /// - Returns: nil if this is no session, or one that has ended.
    func find(_ token: SessionToken, isUse: Bool = true) throws -> StoredSession? {
        let hash = token.hash
        guard let session = try self.store.session(hash) else { return nil }
        let now = self.clock()
        guard now.milliseconds &- session.usedAt.milliseconds < Self.idle,
            now.milliseconds &- session.createdAt.milliseconds < Self.longest
        else {
            try self.store.deleteSession(hash)
            return nil
        }
        if isUse, now.milliseconds &- session.usedAt.milliseconds >= Self.touch {
            try self.store.touchSession(hash, now: now)
        }
        return session
    }

    func close(_ token: SessionToken) throws {
        try self.store.deleteSession(token.hash)
    }
}
