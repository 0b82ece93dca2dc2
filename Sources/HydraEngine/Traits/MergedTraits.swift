import Foundation
import GRDB
import JSON

/// The traits of a person or a company, each as its newest call left it.
///
/// A value; made where it is read.
struct MergedTraits {
    struct Trait {
        let name: String
        let spelling: String
        /// JSON text; nil where the newest call removed the trait.
        let value: [UInt8]?
        let stamp: Stamp
    }

    private var traits: [String: Trait] = [:]

    /// Takes in one more of a set; of two with one name the newer stays.
    mutating func merge(_ trait: Trait) {
        if let known = self.traits[trait.name], known.stamp > trait.stamp { return }
        self.traits[trait.name] = trait
    }

    /// Those that have a value, by name.
    var present: [Trait] {
        self.traits.values.filter { $0.value != nil }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    func value(_ name: String) -> [UInt8]? { self.traits[name]?.value }

    /// The trait's text, if it is one and not empty.
    func string(_ name: String, parser: JSONParser) -> String? {
        guard let value = self.value(name), value.first == UInt8(ascii: "\"") else { return nil }
        guard let text = try? parser.parse(value).root.string, !text.isEmpty else { return nil }
        return text
    }

    /// From `name`, else from first and last name.
    func fullName(parser: JSONParser) -> String? {
        if let name = self.string(TraitName.name, parser: parser) { return name }
        let parts = [TraitName.firstName, TraitName.lastName].compactMap { self.string($0, parser: parser) }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    /// The members of an object, spelled as they were sent.
    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        for trait in self.present {
            guard let value = trait.value else { continue }
            writer.key(string: trait.spelling)
            writer.raw(value)
        }
        writer.endObject()
    }
}

extension MergedTraits {
    /// All traits of a person, over all of its identities.
    static func ofPerson(_ person: Int64, in db: Database) throws -> MergedTraits {
        try self.read(
            """
            SELECT name, spelling, value, time, receivedAt, sequence, messageId FROM traits
            WHERE identity IN (SELECT id FROM identities WHERE person = ?)
            """,
            [person],
            in: db
        )
    }

    /// Those that a person's summary is made of.
    static func summary(ofPerson person: Int64, in db: Database) throws -> MergedTraits {
        try self.read(
            """
            SELECT name, spelling, value, time, receivedAt, sequence, messageId FROM traits
            WHERE identity IN (SELECT id FROM identities WHERE person = ?) AND name IN (?, ?, ?, ?, ?, ?)
            """,
            [
                person, TraitName.email, TraitName.name, TraitName.firstName, TraitName.lastName, TraitName.title,
                TraitName.company,
            ],
            in: db
        )
    }

    static func ofCompany(_ company: Int64, in db: Database) throws -> MergedTraits {
        try self.read(
            "SELECT name, spelling, value, time, receivedAt, sequence, messageId FROM companyTraits WHERE company = ?",
            [company],
            in: db
        )
    }

    private static func read(_ sql: String, _ arguments: StatementArguments, in db: Database) throws -> MergedTraits {
        var merged = MergedTraits()
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        while let row = try rows.next() {
            merged.merge(
                Trait(
                    name: SQLText.read(row, 0) ?? "",
                    spelling: SQLText.read(row, 1) ?? "",
                    value: (row[2] as Data?).map { [UInt8]($0) },
                    stamp: Stamp(row, at: 3)
                )
            )
        }
        return merged
    }
}
