package import JSON

/// One event as the edge understood it: ids as text, times as instants, everything else where it stands in the request.
///
/// An immutable value; any thread. It keeps the request's JSON document alive.
package struct Event: Sendable {
    /// The call. On single-event routes the path decides it.
    package let type: EventType
    /// The event's `messageId`, or what the reader's closure made for an event without one. At most 1,024 bytes: of a
    /// longer id the hash stands here.
    package let messageId: String
    /// Whether ``messageId`` was made here.
    package let messageIdWasGenerated: Bool
    /// The name of a track call; nil for the others.
    package let name: String?
    /// When it happened, corrected for the sender's clock.
    package let timestamp: Timestamp
    /// When it arrived: here, or at Segment for events that Segment's servers deliver.
    package let receivedAt: Timestamp
    /// When it happened by the sender's clock, if that was said readably.
    package let originalTimestamp: Timestamp?
    /// When it was sent by the sender's clock, if that was said readably.
    package let sentAt: Timestamp?
    /// The whole event as it stands in the request.
    package let value: JSONValue
    /// The event's properties: an object, or nil when missing, null or `[]`.
    package let properties: JSONValue?
    /// The event's traits: an object, or nil when missing, null or `[]`. An identify without any has those of its context.
    package let traits: JSONValue?

    let userIdentifier: Identifier.Text?
    let anonymousIdentifier: Identifier.Text?
    /// The JSON string behind ``messageId``; nil when it was made here or was a number.
    let messageIdSource: JSONValue?
    /// The sender's id where ``messageId`` is its hash.
    let originalMessageId: JSONValue?
    /// The JSON string behind ``name``.
    let nameSource: JSONValue?
    /// The event's own context and integrations: objects, or nil when missing, null or `[]`.
    let context: JSONValue?
    let integrations: JSONValue?
    /// What the sender gave as the time, whatever it was.
    let originalSource: JSONValue?
    let envelope: Envelope?
    /// Whether the connection's address is the user's.
    let isClientSide: Bool
    /// Whether Segment's servers delivered it, which have routed it by its `integrations`.
    let isFromSegment: Bool
    /// The only member that the partner form has to copy besides the known ones; nil when there are none or several.
    let soleOther: JSONMember?
    /// Whether there are several such members.
    let hasSeveralOthers: Bool

    /// The user, if known.
    package var userId: String? { userIdentifier?.text }

    /// The device or visitor, if known.
    package var anonymousId: String? { anonymousIdentifier?.text }

    /// How far the sender's clock is behind ours, transport included, in milliseconds; nil without `sentAt`.
    package var clockSkew: Int64? {
        sentAt.map { receivedAt.milliseconds &- $0.milliseconds }
    }

    /// The spellings of Hydra's name in `integrations`: its display name, and its name in Segment's catalogue.
    package static let hydraNames: [StaticString] = ["Hydra", "hydra"]

    /// Whether the event's `integrations`, and the batch's under them, let it go to a destination.
    ///
    /// What Segment's servers deliver came through their filter by the name that the customer gave this destination:
    /// there `All` says nothing any more, and only Hydra's own name blocks.
    ///
    /// - Parameter destinationNames: the destination's spellings.
    package func isAllowed(for destinationNames: [StaticString] = Event.hydraNames) -> Bool {
        let shared = envelope?.integrations?.object
        if integrations == nil, shared == nil { return true }
        return IntegrationsFilter.allows(
            destinationNames,
            item: integrations,
            envelope: shared,
            heedsAll: !isFromSegment
        )
    }
}
