/// What a request asks of the gateway, once its method and path are known.
///
/// A plain value; any thread.
package enum Route: Equatable, Sendable {
    /// One event by its full name (`/v1/track`): servers and raw HTTP users.
    case event(EventType)
    /// One event by its letter (`/v1/t`): browsers. Differs from ``event(_:)`` only in that the connection's address
    /// is the user's.
    case clientEvent(EventType)
    /// A batch of servers: `/v1/batch`, `/v1/import`.
    case batch
    /// A batch of browsers and phones: `/v1/b`.
    case clientBatch
    /// An SDK's telemetry about itself: acknowledged and dropped.
    case metrics
    /// An image whose query is an event; answered with a GIF whatever happens.
    case pixel(EventType)
    /// An event in a script tag's query; answered with a script.
    case jsonp(EventType)
    /// The settings document that browser and mobile SDKs fetch before they send.
    case settings(writeKey: String)
    /// An event from Segment's servers in the partner form, for the source of this name.
    case partner(source: String)
    /// An event or an array of them from a Segment webhook destination, for the source of this name.
    case webhook(source: String)

    /// Whether the peer of the connection is the user's own device, so that its address may fill `context.ip`.
    ///
    /// Segment fills it for client-side events only, and tells mobile SDKs to use `/v1/b` and servers `/v1/batch`.
    package var isClientSide: Bool {
        switch self {
        case .clientEvent, .clientBatch, .pixel, .jsonp: true
        case .event, .batch, .metrics, .settings, .partner, .webhook: false
        }
    }

    /// Whether Segment's servers speak, which means that times are already corrected and the API key or a signature,
    /// not a write key, says who it is.
    package var isFromSegment: Bool {
        switch self {
        case .partner, .webhook: true
        default: false
        }
    }

    /// The type that the path gives to a single event; nil where each event names its own.
    package var eventType: EventType? {
        switch self {
        case .event(let type), .clientEvent(let type), .pixel(let type), .jsonp(let type): type
        case .batch, .clientBatch, .metrics, .settings, .partner, .webhook: nil
        }
    }

    /// Whether a body that is one object without a batch is an event.
    var takesSingleEvent: Bool {
        switch self {
        case .batch, .clientBatch: false
        case .event, .clientEvent, .metrics, .pixel, .jsonp, .settings, .partner, .webhook: true
        }
    }

    var isWebhook: Bool {
        if case .webhook = self { true } else { false }
    }
}
