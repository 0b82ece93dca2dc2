/// What a trait says, and since when.
///
/// A value; any thread.
package struct TraitFact: Sendable, Equatable {
    /// Lower-case, without spaces, `_`, `-` and `.`: `firstname`.
    package let name: String
    package let value: DataValue
    /// The time of the call that said so; milliseconds since 1970.
    package let time: Int64

    package init(name: String, value: DataValue, time: Int64) {
        self.name = name
        self.value = value
        self.time = time
    }
}

/// The traits of one record, by name.
struct TraitTable {
    private let facts: [String: TraitFact]

    init(_ facts: [TraitFact]) {
        self.facts = Dictionary(facts.map { ($0.name, $0) }, uniquingKeysWith: { $0.time >= $1.time ? $0 : $1 })
    }

    /// The first of these that there is.
    func first(_ names: String...) -> TraitFact? {
        names.lazy.compactMap { self.facts[$0] }.first
    }

    /// The first of these that is a text, without spaces around it.
    func text(_ names: String...) -> (text: String, time: Int64)? {
        for name in names {
            guard let fact = self.facts[name], case .text(let text) = fact.value else { continue }
            let trimmed = text.trimmed
            if !trimmed.isEmpty { return (trimmed, fact.time) }
        }
        return nil
    }
}

extension String {
    var trimmed: String {
        var text = self[...].drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// The first so many characters.
    func cut(_ count: Int) -> String {
        self.unicodeScalars.count <= count
            ? self : String(String.UnicodeScalarView(self.unicodeScalars.prefix(count)))
    }
}
