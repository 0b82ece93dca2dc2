package import Hydra
package import Segment

/// One configured sender of events: who may send (write key), where its calls go (Hydra endpoint and API key), and what
/// of its events is taken.
///
/// Immutable; shared by all threads. A reload builds new sources and keeps the ``SourceFigures`` of equal names.
package struct Source: Sendable {
    /// The name in the configuration, in logs, in metrics and in every stored call. Never a secret.
    package let name: String
    /// The keys that SDKs send, any of them.
    package let writeKeys: [WriteKey]
    /// Where this source's calls are delivered, and with which API key.
    package let endpoint: Endpoint
    /// A disabled source's requests are refused with 400.
    package let isEnabled: Bool
    /// Origins of browsers that may send.
    package let origins: OriginList
    /// Track events by name: only these (when given), and never those denied.
    package let eventFilter: EventNameFilter
    /// What happens to IP addresses in the events.
    package let ipPolicy: IPPolicy
    /// Shared secret of `POST /v1/webhook/{source}`; without one the route is refused.
    package let webhookSecret: WebhookSecret?
    /// Counters of this source in this process.
    package let figures: SourceFigures

    package init(
        name: String,
        writeKeys: [WriteKey],
        endpoint: Endpoint,
        isEnabled: Bool,
        origins: OriginList,
        eventFilter: EventNameFilter,
        ipPolicy: IPPolicy,
        webhookSecret: WebhookSecret?,
        figures: SourceFigures
    ) {
        self.name = name
        self.writeKeys = writeKeys
        self.endpoint = endpoint
        self.isEnabled = isEnabled
        self.origins = origins
        self.eventFilter = eventFilter
        self.ipPolicy = ipPolicy
        self.webhookSecret = webhookSecret
        self.figures = figures
    }
}
