import Foundation
import GRDB
import Hydra

/// Writes calls inside one transaction: identities, traits, companies, events.
///
/// Every rule here is a function of the set of calls, not of their order: the earliest or the latest ``Stamp`` decides.
/// What depends on several calls at once (a person's summary, a company's name) is made once, at the end of the
/// transaction, by ``finish()``. Lives within one access to the database; the committer thread's.
struct CallApplier {
    let db: Database
    var cache: ApplyCache
    /// What ``finish()`` has to make anew.
    var pending = PendingWork()

    init(db: Database, cache: ApplyCache) {
        self.db = db
        self.cache = cache
    }

    mutating func apply(_ call: IncomingCall) throws -> CallOutcome {
        if try self.isRepeat(call) { return .duplicate }
        self.countIgnored(call)
        guard let identity = try self.resolve(call) else {
            try self.insertEvent(call, identity: nil)
            self.countSource(call)
            return .accepted
        }
        try self.insertEvent(call, identity: identity)
        self.pending.saw(person: identity.person, at: call.timestamp)
        try self.countUse(call, identity: identity)
        self.countSource(call)
        try self.takeIn(call, by: identity)
        return .accepted
    }

    /// What an identify says about its person and company.
    mutating func takeIn(_ call: IncomingCall, by identity: Identity) throws {
        guard call.kind == .identify else { return }
        try self.mergeTraits(of: identity, call: call)
        if let company = call.company {
            try self.nameCompany(company, by: identity, call: call)
        }
    }

    private func isRepeat(_ call: IncomingCall) throws -> Bool {
        let statement = try self.db.cachedStatement(
            sql: "SELECT 1 FROM events WHERE messageHash = ? AND account = ? AND messageId = ?"
        )
        return try Int.fetchOne(
            statement,
            arguments: [call.messageHash, call.account.id, SQLText.value(call.messageId)]
        ) != nil
    }

    /// - Parameter identity: nil: nobody's. The call is kept apart, so that its repeats are known and its contents are there
    ///   when the account's rules change.
    private func insertEvent(_ call: IncomingCall, identity: Identity?) throws {
        let statement = try self.db.cachedStatement(
            sql: """
                INSERT INTO events (account, person, identity, kind, messageHash, messageId, timestamp, receivedAt,
                    source, event, feature, eventFlag, body, sequence)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            call.account.id, identity?.person ?? 0, identity?.id ?? 0, call.kind.rawValue, call.messageHash,
            SQLText.value(call.messageId), call.timestamp.milliseconds, call.receivedAt.milliseconds,
            SQLText.value(call.source), SQLText.value(call.use?.event), SQLText.value(call.use?.feature),
            call.use.map { $0.flag.stored }, Data(call.body), call.sequence,
        ])
    }

    /// Runs one statement that returns nothing.
    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try self.db.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

extension EventFlag {
    /// As it stands in `events.eventFlag`: never renumbered.
    var stored: Int {
        switch self {
        case .negative: -1
        case .neutral: 0
        case .positive: 1
        }
    }

    init(stored: Int) {
        switch stored {
        case ..<0: self = .negative
        case 1...: self = .positive
        default: self = .neutral
        }
    }
}
