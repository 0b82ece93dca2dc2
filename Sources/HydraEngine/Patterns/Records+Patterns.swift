import Foundation
import GRDB
import HydraPatterns
import JSON

/// Answers about patterns.
extension Records {
    /// Labels of an answer, at most: the strongest.
    private static let maximumPatterns = 500
    /// And in lists.
    private static let maximumLabels = 20

    /// The labels on a person, a company or the whole account, with their evidence and what is missing for others.
    func patterns(of kind: PatternSubjectKind, _ subject: Int64) throws -> [UInt8] {
        let pass = try PatternPass.last(of: self.account.id, in: self.db)
        var writer = JSONWriter(reserving: 2048)
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        var count = 0
        try self.eachLabel(of: kind, subject, limit: Self.maximumPatterns) { row, kind, features in
            guard let found = try? self.parser.parse([UInt8](row[5] as Data)).root else { return }
            writer.beginObject()
            Self.write(kind, features, into: &writer)
            writer.key("features")
            writer.beginArray()
            for feature in features { writer.value(feature) }
            writer.endArray()
            writer.member("since", UsageDay(number: row[3]).text)
            writer.member("foundOn", UsageDay(number: row[4]).text)
            for member in found.members { writer.member(member) }
            writer.endObject()
            count += 1
        }
        writer.endArray()
        writer.member("missing", raw: try PatternPass.missing(of: self.account.id, in: self.db) ?? Array("[]".utf8))
        writer.member("asOf", optional: pass?.asOf?.text)
        writer.member("minedAt", optional: pass?.minedAt.iso8601)
        writer.member("persons", pass?.persons ?? 0)
        writer.member("message", optional: try self.message(pass, isEmpty: count == 0))
        writer.nullMember("nextCursor")
        writer.endObject()
        return writer.bytes
    }

    private func message(_ pass: PatternPass?, isEmpty: Bool) throws -> String? {
        guard isEmpty else { return nil }
        guard try UsageSource.of(self.account, in: self.db) != nil else {
            return "There is no product usage scanner yet, and patterns are found in what it counts."
        }
        guard let pass else { return "Patterns are being looked for; this takes a minute." }
        guard let day = pass.asOf else {
            return "There is no whole day of use yet: patterns are looked for in whole days, the first one tomorrow."
        }
        return "Nothing unusual up to \(day.text)."
    }

    // MARK: In lists

    /// The members `trend`, `uses30` and `labels` of a person or a company.
    func writeTrend(of kind: PatternSubjectKind, _ subject: Int64, into writer: inout JSONWriter) throws {
        let trend = try self.row(
            "SELECT direction, uses FROM useTrends WHERE subjectKind = ? AND subject = ?",
            [kind.rawValue, subject]
        )
        writer.member("trend", optional: trend.flatMap { $0[0] as String? })
        writer.member("uses30", trend.map { $0[1] as Int64 } ?? 0)
        writer.key("labels")
        writer.beginArray()
        try self.eachLabel(of: kind, subject, limit: Self.maximumLabels) { _, kind, features in
            writer.beginObject()
            Self.write(kind, features, into: &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func write(_ kind: PatternKind, _ features: [String], into writer: inout JSONWriter) {
        writer.member("kind", kind.rawValue)
        writer.member("label", kind.label(features))
    }

    /// The strongest first; with the rows' `since`, `foundOn` and `evidence` in columns 3 to 5.
    private func eachLabel(
        of kind: PatternSubjectKind,
        _ subject: Int64,
        limit: Int,
        _ body: (Row, PatternKind, [String]) throws -> Void
    ) throws {
        let rows = try self.rows(
            """
            SELECT kind, first.name, second.name, since, foundOn, evidence FROM patterns
            LEFT JOIN features AS first ON first.id = patterns.feature
            LEFT JOIN features AS second ON second.id = patterns.secondFeature
            WHERE patterns.account = ? AND subjectKind = ? AND subject = ? ORDER BY strength DESC, patterns.id LIMIT ?
            """,
            [self.account.id, kind.rawValue, subject, limit]
        )
        while let row = try rows.next() {
            guard let kind = PatternKind(rawValue: row[0]) else { continue }
            let features = [SQLText.read(row, 1), SQLText.read(row, 2)].compactMap(\.self)
            // A feature whose users were all erased has no name any more, and nothing to be said of it.
            guard features.count == kind.featureCount else { continue }
            try body(row, kind, features)
        }
    }
}
