import JSON

/// Makes an event of a JSON object, or says why it cannot.
///
/// Lives as long as one request; one thread.
struct EventAssembly {
    let limits: SegmentLimits
    let route: Route
    let receivedAt: Timestamp
    /// What the batch says for all; nil for single events and bare arrays.
    var envelope: Envelope?

    /// Checks and reads one event.
    ///
    /// - Parameters:
    ///   - value: the event.
    ///   - fields: its members.
    ///   - isAlone: whether the event is the whole body, so that the path's type beats its own.
    ///   - makeMessageId: makes an id for an event without one.
    func event(
        _ value: JSONValue,
        fields: borrowing EventFields,
        isAlone: Bool,
        makeMessageId: () -> String
    ) throws(ItemRejection.Code) -> Event {
        guard value.isObject else { throw .notAnObject }
        guard value.range.count <= limits.eventBytes else { throw .itemTooLarge }
        guard value.height <= limits.depth else { throw .itemTooDeep }

        let type = try type(of: fields, isAlone: isAlone)
        let user = try Identifier.read(fields.userId, limit: limits.identifierBytes)
        let anonymous = try Identifier.read(fields.anonymousId, limit: limits.identifierBytes)
        guard user != nil || anonymous != nil || isIdentifiedOtherwise(type, fields) else {
            throw .noUserOrAnonymousID
        }
        let name = type == .track ? try name(of: fields) : nil
        let properties = try object(fields.properties, or: .propertiesNotObject)
        let context = try object(fields.context, or: .contextNotObject)
        let traits = try traits(of: fields, type: type, context: context)
        let integrations = try object(fields.integrations, or: .integrationsNotObject)
        let messageId = MessageIdentifier(fields.messageId)
        let times = times(of: fields)
        // A name means nothing outside of track; there it is forwarded like an unknown member.
        let otherCount = type != .track && fields.event != nil ? .max : fields.otherCount

        return Event(
            type: type,
            messageId: messageId?.text ?? makeMessageId(),
            messageIdWasGenerated: messageId == nil,
            name: name,
            timestamp: times.timestamp,
            receivedAt: times.receivedAt,
            originalTimestamp: times.original,
            sentAt: times.sentAt,
            value: value,
            properties: properties,
            traits: traits,
            userIdentifier: user,
            anonymousIdentifier: anonymous,
            messageIdSource: messageId?.source,
            originalMessageId: messageId?.original,
            nameSource: name == nil ? nil : fields.event,
            context: context,
            integrations: integrations,
            originalSource: times.originalSource,
            envelope: envelope,
            isClientSide: route.isClientSide,
            isFromSegment: route.isFromSegment,
            soleOther: otherCount == 1 ? fields.firstOther : nil,
            hasSeveralOthers: otherCount > 1
        )
    }

    // MARK: Parts

    /// The path's type for the only event of a body. Inside a batch or array that met a single-event path by mistake,
    /// the event's own type, and the path's for those without one.
    private func type(of fields: borrowing EventFields, isAlone: Bool) throws(ItemRejection.Code) -> EventType {
        if isAlone, let type = route.eventType { return type }
        guard let given = fields.type, !given.isNull else {
            guard let type = route.eventType else { throw .typeUnknown }
            return type
        }
        guard let type = EventType.allCases.first(where: { given.equals($0.spelling) }) else { throw .typeUnknown }
        return type
    }

    /// A group call may stand on its group, an alias on the old id: the SDKs' own checks let them through.
    private func isIdentifiedOtherwise(_ type: EventType, _ fields: borrowing EventFields) -> Bool {
        switch type {
        case .group: Identifier.isPresent(fields.groupId)
        case .alias: Identifier.isPresent(fields.previousId)
        case .identify, .track, .page, .screen, .delete: false
        }
    }

    private func name(of fields: borrowing EventFields) throws(ItemRejection.Code) -> String {
        guard let event = fields.event, !event.isNull else { throw .eventNotDefined }
        guard let name = event.string else { throw .eventNotString }
        guard !name.isEmpty else { throw .eventNotDefined }
        return name
    }

    /// The event's traits. Some SDKs (RudderStack's for Python and Ruby) put those of an identify into its context alone.
    private func traits(
        of fields: borrowing EventFields,
        type: EventType,
        context: JSONValue?
    ) throws(ItemRejection.Code) -> JSONValue? {
        let own = try object(fields.traits, or: .traitsNotObject)
        guard type == .identify, (own?.count ?? 0) == 0 else { return own }
        guard let traits = context?["traits"], traits.isObject else { return own }
        return traits
    }

    /// An object that has members or not; nil for what stands for an empty one: nothing, null, and the empty array that
    /// PHP makes of it.
    private func object(
        _ value: JSONValue?,
        or rejection: ItemRejection.Code
    ) throws(ItemRejection.Code) -> JSONValue? {
        guard let value else { return nil }
        switch value.kind {
        case .object: return value
        case .null: return nil
        case .array:
            guard value.count == 0 else { throw rejection }
            return nil
        case .string, .number, .true, .false: throw rejection
        }
    }

    private struct Times {
        let timestamp: Timestamp
        let original: Timestamp?
        let originalSource: JSONValue?
        let sentAt: Timestamp?
        let receivedAt: Timestamp
    }

    /// The times of an event. What Segment's servers deliver has been corrected by them: its `timestamp` stands, and
    /// its `receivedAt` is when Segment received it.
    private func times(of fields: borrowing EventFields) -> Times {
        let timestampSource = fields.timestamp.flatMap { $0.isNull ? nil : $0 }
        let originalSource = fields.originalTimestamp.flatMap { $0.isNull ? nil : $0 }
        let sentAt = fields.sentAt.flatMap(Timestamp.parse) ?? envelope?.sentAt
        guard route.isFromSegment else {
            let source = timestampSource ?? originalSource
            let original = source.flatMap(Timestamp.parse)
            return Times(
                timestamp: ClockSkew.corrected(original: original, sentAt: sentAt, receivedAt: receivedAt),
                original: original,
                originalSource: source,
                sentAt: sentAt,
                receivedAt: receivedAt
            )
        }
        let received = fields.receivedAt.flatMap(Timestamp.parse) ?? receivedAt
        let source = originalSource ?? timestampSource
        let original = source.flatMap(Timestamp.parse)
        let corrected = originalSource == nil ? nil : timestampSource.flatMap(Timestamp.parse)
        return Times(
            timestamp: corrected
                ?? ClockSkew.corrected(original: original, sentAt: sentAt, receivedAt: received),
            original: original,
            originalSource: source,
            sentAt: sentAt,
            receivedAt: received
        )
    }
}
