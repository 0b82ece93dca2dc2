package import JSON

extension Event {
    /// Writes the event in Segment's partner form, which is how a destination knows it.
    ///
    /// Written are, in this order: `type`, `messageId`, `originalMessageId` where that is the hash of an id too long,
    /// `userId` and `anonymousId` as strings where the event has them,
    /// `event` of a track call, `properties` and `traits` (an identify always has traits, a track always properties),
    /// `context` and `integrations` as objects with the batch's beneath, `timestamp`, `originalTimestamp` as sent,
    /// `sentAt`, `receivedAt`, and every other member byte for byte in the order of the request. Gone are `writeKey`,
    /// `batch`, and the names that a Hydra call gives a meaning of its own: `source`, `sequence`, and for a track `feature`
    /// and `eventFlag`.
    ///
    /// The object stays open, so that the caller adds members and ends it.
    ///
    /// - Parameters:
    ///   - writer: stands where a value may begin.
    ///   - ipPolicy: what happens to addresses.
    ///   - fillIP: the address of the connection. It is used only where the connection is the user's own (browser and
    ///     mobile routes, pixels) or `context.direct` is true, and only when the event has none. Give it always.
    package func writePartnerForm(into writer: inout JSONWriter, ipPolicy: IPPolicy, fillIP: String?) {
        writer.beginObject()
        writer.member("type", type.rawValue)
        writer.key("messageId")
        if let messageIdSource { writer.raw(messageIdSource) } else { writer.value(messageId) }
        if let originalMessageId { writer.member(MessageIdentifier.originalName, originalMessageId) }
        writer.member("userId", userIdentifier)
        writer.member("anonymousId", anonymousIdentifier)
        if let nameSource { writer.member("event", nameSource) }
        writer.member("properties", properties, isRequired: type == .track)
        writer.member("traits", traits, isRequired: type == .identify)
        writer.key("context")
        ContextMerge(
            item: context,
            base: envelope?.context,
            policy: ipPolicy,
            remoteAddress: fillIP,
            isClientSide: isClientSide
        ).append(to: &writer)
        writer.key("integrations")
        writer.integrations(integrations, base: envelope?.integrations)
        writer.key("timestamp")
        timestamp.append(to: &writer)
        if let originalSource { writer.member("originalTimestamp", originalSource) }
        if let sentAt {
            writer.key("sentAt")
            sentAt.append(to: &writer)
        }
        writer.key("receivedAt")
        receivedAt.append(to: &writer)
        if let soleOther { append(other: soleOther, to: &writer, ipPolicy: ipPolicy) }
        if hasSeveralOthers {
            for member in value.members.lastWins { append(other: member, to: &writer, ipPolicy: ipPolicy) }
        }
    }

    /// Copies a member that nothing above has dealt with.
    private func append(other member: JSONMember, to writer: inout JSONWriter, ipPolicy: IPPolicy) {
        switch EventMember(member.key) {
        case .other:
            // The name is ours where the id has been replaced.
            if originalMessageId == nil || !member.key.equals(MessageIdentifier.originalName) { writer.member(member) }
        case .groupId, .previousId, .direct: writer.member(member)
        case .feature, .eventFlag:
            if type != .track { writer.member(member) }
        case .event:
            if nameSource == nil { writer.member(member) }
        case .ip: ipPolicy.append(member, to: &writer)
        case .type, .messageId, .userId, .anonymousId, .properties, .traits, .context, .integrations, .timestamp,
            .originalTimestamp, .sentAt, .receivedAt, .writeKey, .batch, .source, .sequence:
            break
        }
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ key: StaticString, _ identifier: Identifier.Text?) {
        guard let identifier else { return }
        self.key(key)
        identifier.append(to: &self)
    }

    fileprivate mutating func member(_ key: StaticString, _ object: JSONValue?, isRequired: Bool) {
        if let object {
            member(key, object)
        } else if isRequired {
            self.key(key)
            beginObject()
            endObject()
        }
    }

    /// The event's integrations over the batch's.
    fileprivate mutating func integrations(_ item: JSONValue?, base: MergeBase?) {
        switch (item, base) {
        case (let item?, nil): raw(item)
        case (nil, let base?): raw(base.object)
        case (nil, nil):
            beginObject()
            endObject()
        case (let item?, let base?):
            beginObject()
            for member in base.uncovered(by: item) { self.member(member) }
            for member in item.members.lastWins { self.member(member) }
            endObject()
        }
    }
}
