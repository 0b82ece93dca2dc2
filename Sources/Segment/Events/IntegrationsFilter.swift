import JSON

/// Segment's per-event switch of destinations.
///
/// `{"All": false}` switches off all that are not named; a name with `true` or an object (options) switches that
/// destination on, with `false` off. Only the boolean false blocks: `"false"`, 0 and null say nothing. `all` stands for
/// `All`, since Segment's own Python page writes it so.
enum IntegrationsFilter {
    /// Whether the event may go to a destination.
    ///
    /// - Parameters:
    ///   - names: the destination's spellings.
    ///   - item: the event's own integrations, an object or nil. Each of its entries wins over the batch's.
    ///   - envelope: the batch's integrations, an object or nil.
    ///   - heedsAll: whether `All` counts; false where the sender has applied it.
    static func allows(_ names: [StaticString], item: JSONValue?, envelope: JSONValue?, heedsAll: Bool) -> Bool {
        let own = item.map { verdict(in: $0, names: names) } ?? Verdict()
        let shared = envelope.map { verdict(in: $0, names: names) } ?? Verdict()
        if let named = own.named ?? shared.named { return named }
        return heedsAll ? own.all ?? shared.all ?? true : true
    }

    /// What one object says; nil where it says nothing.
    private struct Verdict {
        var named: Bool?
        var all: Bool?
    }

    private static func verdict(in object: JSONValue, names: [StaticString]) -> Verdict {
        var verdict = Verdict()
        // Two spellings of one name are two entries: the one that blocks wins, as it protects somebody's choice.
        for name in names {
            switch object[name]?.kind {
            case .false: verdict.named = false
            case .true, .object: verdict.named = verdict.named ?? true
            default: continue
            }
        }
        let all = [object["All"]?.bool, object["all"]?.bool].compactMap(\.self)
        if let first = all.first { verdict.all = all.dropFirst().reduce(first) { $0 && $1 } }
        return verdict
    }
}
