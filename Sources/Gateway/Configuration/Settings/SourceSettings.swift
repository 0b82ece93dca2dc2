/// One source: who may send, and on whose behalf it is relayed. A value; reloadable.
package struct SourceSettings: Equatable, Sendable {
    /// What happens to the IP addresses in events.
    package enum IPPolicy: String, CaseIterable, Sendable {
        /// They stay.
        case keep
        /// The last octet of IPv4, the last 80 bits of IPv6 become zero.
        case truncate
        /// They are removed.
        case drop
    }

    /// `[a-z0-9_-]{1,64}`: stands in logs, metrics and the partner and webhook routes.
    package let name: String
    /// What SDKs are configured with, the newest first; no other source has any of them. Several while one replaces another.
    package internal(set) var writeKeys: [Secret] = []
    /// Hydra's API key; several sources may share it.
    package internal(set) var apiKey = Secret("")
    /// false answers with an error and relays nothing; what waits is still delivered.
    package internal(set) var enabled = true
    /// Origins of web pages that may send, such as `https://www.example.org`; `*` for all.
    package internal(set) var allowedOrigins = ["*"]
    /// Names of track events that are relayed; empty for all.
    package internal(set) var allowEvents: [String] = []
    /// Names of track events that are not relayed; wins over `allowEvents`.
    package internal(set) var denyEvents: [String] = []
    package internal(set) var ipPolicy: IPPolicy = .truncate
    /// The shared secret of Segment's webhook destination; nil closes `/v1/webhook/{source}`.
    package internal(set) var webhookSecret: Secret?
    /// Another endpoint for this source; nil for `hydra.url`.
    package internal(set) var hydraURL: String?

    init(name: String) {
        self.name = name
    }
}
