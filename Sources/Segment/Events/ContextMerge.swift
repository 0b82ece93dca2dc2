import JSON

/// Writes the context of an event: the batch's under the event's, member by member, and addresses as the source's
/// policy says.
struct ContextMerge {
    /// The event's own context, an object or nil.
    let item: JSONValue?
    /// The batch's context.
    let base: MergeBase?
    /// What happens to addresses.
    let policy: IPPolicy
    /// The connection's address.
    let remoteAddress: String?
    /// Whether the connection's address is the user's, whatever the context says.
    let isClientSide: Bool

    /// What a look at the members tells.
    private struct Findings {
        /// `ip` is there with a text in it.
        var hasAddress = false
        /// One of the members that the policy is about is there.
        var hasPolicyMember = false
        /// `direct`, the sender's wish that the connection's address be taken.
        var direct: Bool?

        init(_ object: JSONValue?) {
            guard let object else { return }
            for member in object.members {
                switch EventMember(member.key) {
                case .ip:
                    hasPolicyMember = true
                    if member.key.equals("ip") { hasAddress = Identifier.isPresent(member.value) }
                case .direct: direct = member.value.bool
                default: continue
                }
            }
        }
    }

    /// Appends the context as an object; `{}` when there is nothing to say.
    func append(to writer: inout JSONWriter) {
        let own = Findings(item)
        let shared = Findings(base?.object)
        let fill = fillIn(own, shared)
        // By far the most contexts are copied as they are, or with the address behind their members.
        if !own.hasPolicyMember, !shared.hasPolicyMember, item == nil || base == nil {
            return splice(item ?? base?.object, with: fill, into: &writer)
        }
        writer.beginObject()
        if let base {
            if let item {
                for member in base.uncovered(by: item) { append(member, to: &writer) }
            } else {
                for member in base.object.members.lastWins { append(member, to: &writer) }
            }
        }
        if let item {
            for member in item.members.lastWins where !(fill != nil && member.key.equals("ip")) {
                append(member, to: &writer)
            }
        }
        if let fill { writer.member("ip", fill) }
        writer.endObject()
    }

    /// Copies an object whole.
    private func splice(_ object: JSONValue?, with fill: String?, into writer: inout JSONWriter) {
        guard let object, object.count > 0 else {
            writer.beginObject()
            if let fill { writer.member("ip", fill) }
            writer.endObject()
            return
        }
        guard let fill else { return writer.raw(object) }
        // The text of an address needs no escapes.
        var text: [UInt8] = []
        text.reserveCapacity(object.range.count + fill.utf8.count + 8)
        let open: ArraySlice<UInt8> = object.raw.dropLast()
        text += open
        text += #","ip":""#.utf8
        text += fill.utf8
        text += #""}"#.utf8
        writer.raw(text)
    }

    /// The connection's address, if it is wanted and none is given.
    private func fillIn(_ own: Findings, _ shared: Findings) -> String? {
        guard let remoteAddress, !own.hasAddress, !shared.hasAddress else { return nil }
        guard isClientSide || own.direct ?? shared.direct ?? false else { return nil }
        return policy.fill(from: remoteAddress)
    }

    private func append(_ member: JSONMember, to writer: inout JSONWriter) {
        if case .ip = EventMember(member.key) {
            policy.append(member, to: &writer)
        } else {
            writer.member(member)
        }
    }
}

extension IPPolicy {
    /// Appends a member that holds an address, or nothing where the policy leaves nothing of it.
    func append(_ member: JSONMember, to writer: inout JSONWriter) {
        guard let text = member.value.string else {
            // Not text: nothing that could be cut. Only a source that keeps everything keeps it.
            if self == .keep { writer.member(member) }
            return
        }
        guard let kept = apply(to: text) else { return }
        writer.key(raw: member.key)
        if kept == text { writer.raw(member.value) } else { writer.value(kept) }
    }
}
