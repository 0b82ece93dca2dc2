import HydraEngine
import JSON

/// The widget with pattern labels and their evidence.
///
/// A value; any thread.
struct Insights {
    /// What the API answered about patterns.
    let reply: APIReply
    let now: Instant

    /// For the partial `insights`; nil where patterns are not answered.
    var fields: Fields? {
        guard !self.reply.isMissing else { return nil }
        guard self.reply.isSuccess, let root = self.reply.root else { return ["problem": self.reply.message] }
        let items = self.reply.items.map { self.item($0) }
        let missing = root.list("missing").map { self.missing($0) }
        return Fields(known: [
            "items": items,
            "hasItems": !items.isEmpty,
            "missing": missing,
            "hasMissing": !missing.isEmpty,
            "message": root.text("message"),
            "isEmpty": items.isEmpty && missing.isEmpty && root.text("message") == nil,
            "mined": Moments.fields(root.text("minedAt"), now: self.now),
            "asOf": root.text("asOf").map { Moments.day($0) },
            "persons": root.integer("persons").map { Words.count($0, "person", "persons") },
        ])
    }

    private func item(_ pattern: JSONValue) -> Fields {
        let kind = pattern.text("kind") ?? ""
        let evidence = pattern["evidence"]
        let comparison = evidence?.present("comparison")
        let effect = evidence?.present("effect")
        return Fields(known: [
            "kind": kind,
            "label": pattern.text("label") ?? Words.pattern(kind),
            "text": pattern.text("text"),
            "since": pattern.text("since").map { Moments.day($0) },
            "counts": evidence?.list("counts").map { count -> Fields in
                ["name": Words.name(count.text("name") ?? ""), "value": Self.number(count["value"])]
            } ?? [],
            "comparison": comparison.map { comparison in
                [
                    "group": Words.sentence(comparison.text("group") ?? ""),
                    "size": Figures.full(comparison.integer("size") ?? 0), "value": Self.number(comparison["value"]),
                ] as Fields
            },
            "effect": effect.map { effect in
                Fields(known: [
                    "measure": Words.sentence(effect.text("measure") ?? "effect"),
                    "value": Self.number(effect["value"]),
                    "low": Self.number(effect["low"]),
                    "high": effect.present("high").map { Self.number($0) } ?? "no bound",
                ])
            },
            "confidence": evidence?.number("confidence").map { Figures.percent($0) },
            "probability": evidence?.number("probability").map { Figures.probability($0) },
            "adjusted": evidence?.number("adjusted").map { Figures.probability($0) },
            "tests": evidence?.integer("tests").map { Figures.full($0) },
            "rate": evidence?.number("falseDiscoveryRate").map { Figures.percent($0) },
        ])
    }

    private func missing(_ missing: JSONValue) -> Fields {
        let have = missing.number("have") ?? 0
        let need = missing.number("need") ?? 0
        return Fields(known: [
            "label": Words.pattern(missing.text("kind") ?? ""),
            "text": missing.text("text") ?? missing.text("what"),
            "what": missing.text("what"),
            "have": Figures.decimal(have, places: 1),
            "need": Figures.decimal(need, places: 1),
            "haveNumber": "\(min(have, need))",
            "needNumber": "\(need)",
            "isMeasured": need > 0,
        ])
    }

    private static func number(_ value: JSONValue?) -> String {
        guard let value, let number = value.double else { return value?.display ?? "–" }
        return Figures.decimal(number, places: abs(number) < 10 ? 2 : 1)
    }
}
