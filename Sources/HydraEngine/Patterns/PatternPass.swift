import Foundation
import GRDB
import HydraPatterns
import JSON

/// What the last pass over an account looked at.
///
/// A value; any thread.
struct PatternPass: Sendable {
    let usageSet: Int64
    /// Of the usage scanner's definition.
    let version: Int64
    let event: Int64
    /// The last whole day with use; nil where there is none.
    let asOf: UsageDay?
    let minedAt: Instant
    let milliseconds: Int64
    let persons: Int64
    /// How often something that no event tells of changed; of a pass that was just made: those it has taken in.
    let staleMarks: Int64

    /// The day it was made on: with the next one the windows move.
    var day: UsageDay { UsageDay(self.minedAt) }

    static func last(of account: Int64, in db: Database) throws -> PatternPass? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT usageSet, version, event, asOf, minedAt, milliseconds, persons, staleMarks FROM patternPasses
                WHERE account = ?
                """
        )
        return try Row.fetchOne(statement, arguments: [account]).map { row in
            PatternPass(
                usageSet: row[0],
                version: row[1],
                event: row[2],
                asOf: (row[3] as Int64?).map { UsageDay(number: $0) },
                minedAt: Instant(milliseconds: row[4]),
                milliseconds: row[5],
                persons: row[6],
                staleMarks: row[7]
            )
        }
    }

    /// What is missing for which kinds, as JSON for the answers.
    static func missing(of account: Int64, in db: Database) throws -> [UInt8]? {
        let statement = try db.cachedStatement(sql: "SELECT missing FROM patternPasses WHERE account = ?")
        return try Data.fetchOne(statement, arguments: [account]).map { [UInt8]($0) }
    }

    /// Needs a write access. What was made stale while the pass was under way stays so, and all of it if there is none.
    func write(_ missing: [MissingData], account: Int64, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO patternPasses (account, usageSet, version, event, asOf, minedAt, milliseconds, persons, missing)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (account) DO UPDATE SET
                    usageSet = ?2, version = ?3, event = ?4, asOf = ?5, minedAt = ?6, milliseconds = ?7, persons = ?8,
                    missing = ?9, staleMarks = staleMarks - ?10
                """
        ).execute(arguments: [
            account, self.usageSet, self.version, self.event, self.asOf?.number, self.minedAt.milliseconds,
            self.milliseconds, self.persons, Data(MissingData.json(missing)), self.staleMarks,
        ])
    }
}
