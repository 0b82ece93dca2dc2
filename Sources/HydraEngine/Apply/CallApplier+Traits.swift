import Foundation
import GRDB

/// What a call says about its person.
extension CallApplier {
    /// Keeps each trait that is newer than what is known. A removal is kept too, as a value of null: it must go on
    /// beating older values that arrive later.
    mutating func mergeTraits(of identity: Identity, call: IncomingCall) throws {
        guard !call.traits.isEmpty else { return }
        // Senders repeat what they know: most traits only become newer. That changes nothing that is shown, unless the
        // person has another identity whose value was the newer one so far.
        let isAlone = try self.isOnlyIdentity(identity)
        let renewal = try self.db.cachedStatement(
            sql: """
                UPDATE traits SET time = ?1, receivedAt = ?7, sequence = ?8, messageId = ?2
                WHERE identity = ?3 AND name = ?4 AND spelling = ?5 AND value IS ?6
                    AND (?1, ?7, ?8, ?2) > (time, receivedAt, sequence, messageId)
                """
        )
        let change = try self.db.cachedStatement(
            sql: """
                INSERT INTO traits (time, messageId, identity, name, spelling, value, receivedAt, sequence)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                ON CONFLICT (identity, name) DO UPDATE SET
                    spelling = excluded.spelling, value = excluded.value, time = excluded.time,
                    receivedAt = excluded.receivedAt, sequence = excluded.sequence, messageId = excluded.messageId
                WHERE (excluded.time, excluded.receivedAt, excluded.sequence, excluded.messageId)
                    > (time, receivedAt, sequence, messageId)
                """
        )
        let messageId = SQLText.value(call.messageId)
        var changed = false
        for trait in call.traits {
            let arguments: StatementArguments = [
                call.timestamp.milliseconds, messageId, identity.id, SQLText.value(trait.name),
                SQLText.value(trait.spelling), trait.value.map { Data($0) },
                call.receivedAt.milliseconds, call.sequence,
            ]
            try renewal.execute(arguments: arguments)
            if self.db.changesCount > 0 {
                if isAlone { continue }
            } else {
                try change.execute(arguments: arguments)
                guard self.db.changesCount > 0 else { continue }
            }
            changed = true
            if TraitName.summary.contains(trait.name) {
                self.pending.summaries[identity.person] = call.account
            }
        }
        if changed {
            try self.execute(
                "UPDATE persons SET updatedAt = ?1 WHERE id = ?2 AND updatedAt < ?1",
                [call.arrivedAt.milliseconds, identity.person]
            )
        }
    }

    private func isOnlyIdentity(_ identity: Identity) throws -> Bool {
        let statement = try self.db.cachedStatement(
            sql: "SELECT 1 FROM identities WHERE person = ? AND id <> ? LIMIT 1"
        )
        return try Int.fetchOne(statement, arguments: [identity.person, identity.id]) == nil
    }
}
