import HydraEngine
import JSON

/// What templates show of a person or a company, of the API's answers.
enum RecordFields {
    /// What a person is called: the name, else the e-mail, else an id.
    static func personName(_ person: JSONValue) -> String {
        for key: StaticString in ["name", "email", "userId"] {
            if let text = person.text(key), !text.isEmpty { return text }
        }
        if let anonymous = person.list("anonymousIds").first?.string { return "Anonymous \(anonymous)" }
        return "Somebody unknown"
    }

    static func companyName(_ company: JSONValue) -> String {
        for key: StaticString in ["name", "domain"] {
            if let text = company.text(key), !text.isEmpty { return text }
        }
        return "A company without a name"
    }

    /// A row of a list of persons.
    static func personRow(_ person: JSONValue, now: Instant) -> Fields {
        let name = self.personName(person)
        let second = [person.text("email"), person.text("userId")].compactMap { $0 }.first { $0 != name }
        let company = person.present("company")
        return Fields(known: [
            "path": "/persons/\(person.text("id") ?? "")",
            "name": name,
            "second": second,
            "title": person.text("title"),
            "role": self.role(person.present("role")),
            "persona": person.present("persona")?.text("label"),
            "company": company.map {
                ["path": "/companies/\($0.text("id") ?? "")", "name": self.companyName($0)] as Fields
            },
            "trend": Words.trend(person.text("trend")),
            "uses": person.integer("uses30").map { ["short": Figures.short($0), "full": Figures.full($0)] as Fields },
            "labels": self.labels(person.list("labels")),
            "seen": Moments.fields(person.text("lastSeenAt"), now: now),
        ])
    }

    static func labels(_ labels: [JSONValue]) -> [Fields] {
        labels.map { label in
            let kind = label.text("kind") ?? ""
            return ["kind": kind, "text": label.text("label") ?? Words.pattern(kind)]
        }
    }

    /// `Engineering, VP`.
    static func role(_ result: JSONValue?) -> String? {
        guard let result else { return nil }
        let parts = [
            result.text("label").map { Words.function($0) },
            result["details"]?.text("seniority").map { Words.seniority($0) },
        ].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// What a scanner found and why, for the partial `reasons`.
    ///
    /// - Parameter label: for people; nil: none of them.
    static func outcome(_ result: JSONValue?, title: String, label: String?, none: String, now: Instant) -> Fields {
        guard let result else {
            return ["title": title, "none": none]
        }
        let reasons = result.list("reasons").map { reason -> Fields in
            let effect = reason.number("effect")
            return Fields(known: [
                "text": reason.text("text") ?? "",
                "held": reason["held"]?.bool ?? false,
                "effect": effect.flatMap { $0 == 0 ? nil : Figures.signed($0) },
                "isAgainst": (effect ?? 0) < 0,
            ])
        }
        let nearest = result["details"]?.text("nearest")
        return Fields(known: [
            "title": title,
            "label": label,
            "none": label == nil ? nearest.map { "\(none) Nearest: \($0)." } ?? none : nil,
            "score": result.number("score").map { Figures.decimal($0, places: 1) },
            "scoreNumber": result.number("score").map { "\($0)" },
            "confidence": result.number("confidence").map { Figures.percent($0) },
            "reasons": reasons,
            "hasReasons": !reasons.isEmpty,
            "scanned": Moments.fields(result.text("scannedAt"), now: now),
            "scanner": result.text("scanner").map { "/scanners/\($0)" },
        ])
    }

    /// Objects among the traits are shown member by member: `company.name`.
    static func traits(_ record: JSONValue) -> [Fields] {
        record["traits"].map { self.members(of: $0) } ?? []
    }

    /// Levels of objects that are taken apart; deeper ones are shown as JSON.
    private static let maximumDepth = 3
    /// Members that are shown, and characters of each: an event may have a mebibyte, and a page has many.
    private static let maximumMembers = 200
    private static let maximumCharacters = 1_000

    /// The members of traits or properties.
    static func members(of object: JSONValue) -> [Fields] {
        var members: [Fields] = []
        self.collect(object, prefix: "", depth: 0, into: &members)
        return members
    }

    private static func collect(_ object: JSONValue, prefix: String, depth: Int, into members: inout [Fields]) {
        for member in object.members.lastWins {
            guard members.count < self.maximumMembers else { return }
            let name = self.cut(prefix + member.key.string)
            if member.value.isObject, member.value.count > 0, depth < self.maximumDepth {
                self.collect(member.value, prefix: name + ".", depth: depth + 1, into: &members)
            } else {
                members.append(["name": name, "value": self.cut(member.value.display)])
            }
        }
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > self.maximumCharacters else { return text }
        let scalars = text.unicodeScalars
        guard
            let end = scalars.index(scalars.startIndex, offsetBy: self.maximumCharacters, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return text }
        return String(scalars[..<end]) + "…"
    }

    static func points(_ record: JSONValue, now: Instant) -> [Fields] {
        record.list("dataPoints").map { point in
            Fields(known: [
                "name": point.text("name") ?? "",
                "value": self.cut(point["value"]?.display ?? ""),
                "source": Words.source(point.text("source") ?? ""),
                "time": Moments.fields(point.text("time"), now: now),
                "confidence": point.number("confidence").map { Figures.percent($0) },
            ])
        }
    }
}
