/// Why one event is refused while the others of its request live.
///
/// A plain value; any thread. The request is answered 200 if another event of it is good, as Segment does; the event is
/// kept in the rejected store, where a person finds it with the reason.
package struct ItemRejection: Error, Sendable, Equatable {
    /// The bounded name of the reason. The first six are Segment's own names.
    package enum Code: String, Error, Sendable, CaseIterable {
        case noUserOrAnonymousID = "no_user_anon_id"
        case identifierNotString = "id_not_string"
        case eventNotDefined = "event_not_defined"
        case eventNotString = "event_not_string"
        case propertiesNotObject = "properties_not_object"
        case traitsNotObject = "traits_not_object"
        case contextNotObject = "context_not_object"
        case integrationsNotObject = "integrations_not_object"
        case typeUnknown = "type_unknown"
        case itemTooLarge = "item_too_large"
        case itemTooDeep = "item_too_deep"
        case identifierTooLong = "identifier_too_long"
        case notAnObject = "not_an_object"
        case excessItem = "excess_item"
    }

    /// The reason.
    package let code: Code
    /// What is wrong and what to do, without any of the event's content.
    package let message: String
    /// The event's place in its batch, from 0; 0 for a single event.
    package let index: Int
    /// The event's messageId if it has a readable one, its hash if that is too long.
    package let messageId: String?
    /// The event's bytes as they came.
    package let raw: [UInt8]
}

extension ItemRejection.Code {
    /// What is wrong and what to do.
    package func message(limits: SegmentLimits) -> String {
        switch self {
        case .noUserOrAnonymousID: "The event has neither userId nor anonymousId. Give it one of them."
        case .identifierNotString: "userId or anonymousId is neither a string nor a plain number. Send a string."
        case .eventNotDefined: "The track call has no event name. Put it into \"event\"."
        case .eventNotString: "The event name is no string. Send a string."
        case .propertiesNotObject: "properties is no object. Send an object, or leave it out."
        case .traitsNotObject: "traits is no object. Send an object, or leave it out."
        case .contextNotObject: "context is no object. Send an object, or leave it out."
        case .integrationsNotObject: "integrations is no object. Send an object, or leave it out."
        case .typeUnknown:
            "type is missing or unknown. Send identify, track, page, screen, group, alias or delete."
        case .itemTooLarge: "The event is larger than \(limits.eventBytes) bytes. Send less with it."
        case .itemTooDeep: "The event nests deeper than \(limits.depth) levels. Flatten it."
        case .identifierTooLong: "userId or anonymousId is longer than \(limits.identifierBytes) bytes. Shorten it."
        case .notAnObject: "The item is no JSON object. Send each event as an object."
        case .excessItem:
            "The batch has more than \(limits.batchEvents) events; this one is beyond. Send smaller batches."
        }
    }
}
