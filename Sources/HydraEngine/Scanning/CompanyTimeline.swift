import Foundation
import GRDB
import JSON

/// From which day to which a person belonged to a company.
///
/// A value; any thread.
struct CompanySpan: Equatable, Sendable {
    let company: Int64
    let from: Int64
    var until: Int64
}

/// Finds out which companies a person belonged to when, so that use counts for the company of its day.
///
/// The calls that name a company decide, each from its day on; what happened before the first one counts for the first
/// company. Lives within one access to the database.
struct CompanyTimeline {
    /// Calls that are read, at most: the newest. Older ones count for the company that was known by then.
    private static let maximumCalls = 2000

    let db: Database
    let account: Account
    let parser: JSONParser

    func spans(of person: Int64, current: Int64?) throws -> [CompanySpan] {
        let named = try Int64.fetchAll(
            self.db.cachedStatement(
                sql: """
                    SELECT DISTINCT company FROM memberships
                    WHERE identity IN (SELECT id FROM identities WHERE person = ?) LIMIT 3
                    """
            ),
            arguments: [person]
        )
        if named.isEmpty || named == [current] {
            return current.map { [CompanySpan(company: $0, from: Int64.min, until: Int64.max)] } ?? []
        }
        return Self.spans(try self.namings(of: person), current: current)
    }

    /// - Parameter namings: by time.
    static func spans(_ namings: [(day: Int64, company: Int64)], current: Int64?) -> [CompanySpan] {
        var spans: [CompanySpan] = []
        var namings = namings
        // What the person belongs to now holds from its last call on, also where a trait was taken back.
        if let last = namings.last, let current, last.company != current {
            namings.append((last.day, current))
        } else if namings.isEmpty, let current {
            namings.append((Int64.min, current))
        }
        for naming in namings where spans.last?.company != naming.company {
            if let last = spans.last {
                if last.from >= naming.day {
                    // Two companies on one day: the later one has the day.
                    spans.removeLast()
                } else {
                    spans[spans.count - 1].until = naming.day &- 1
                }
            }
            if spans.last?.company == naming.company {
                spans[spans.count - 1].until = Int64.max
                continue
            }
            spans.append(
                CompanySpan(company: naming.company, from: spans.isEmpty ? Int64.min : naming.day, until: Int64.max)
            )
        }
        return spans
    }

    /// The company after each call that says something about it: the newest company trait's, else the newest e-mail's.
    private func namings(of person: Int64) throws -> [(day: Int64, company: Int64)] {
        let rows = try Row.fetchAll(
            self.db.cachedStatement(
                sql: """
                    SELECT timestamp, body FROM events WHERE person = ? AND kind = 1
                    ORDER BY timestamp DESC, receivedAt DESC, sequence DESC, messageId DESC LIMIT ?
                    """
            ),
            arguments: [person, Self.maximumCalls]
        )
        var namings: [(day: Int64, company: Int64)] = []
        var trait: CompanyReference?
        var email: CompanyReference?
        for row in rows.reversed() {
            guard let traits = try? self.parser.parse([UInt8](row[1] as Data)).root["traits"] else { continue }
            for member in traits.members {
                switch TraitName.normalised(member.key.string) {
                case TraitName.company: trait = CompanyReference(trait: member.value)
                case TraitName.email: email = member.value.string.flatMap { CompanyReference(email: $0) }
                default: break
                }
            }
            guard let reference = trait ?? email, let company = try self.row(of: reference) else { continue }
            namings.append((UsageDay(Instant(milliseconds: row[0])).number, company))
        }
        return namings
    }

    private func row(of reference: CompanyReference) throws -> Int64? {
        let key = RecordKey(salt: self.account.salt, kind: reference.kind, value: reference.value)
        return try Int64.fetchOne(
            self.db.cachedStatement(sql: "SELECT id FROM companies WHERE key = ?"),
            arguments: [key.data]
        )
    }
}
