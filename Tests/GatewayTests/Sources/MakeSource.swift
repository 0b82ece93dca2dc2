import Gateway
import Hydra
import Segment
import Testing

/// A source for tests; everything but its name has a default.
func make(
    source name: String,
    writeKey: String = "write-key",
    apiKey: String = "api-key",
    isEnabled: Bool = true,
    origins: [String] = [],
    eventFilter: EventNameFilter = EventNameFilter(),
    ipPolicy: IPPolicy = .truncate,
    webhookSecret: String? = nil
) throws -> Source {
    Source(
        name: name,
        writeKeys: [try #require(WriteKey(writeKey))],
        endpoint: Endpoint(url: "http://127.0.0.1:9", apiKey: APIKey(apiKey)),
        isEnabled: isEnabled,
        origins: OriginList(origins),
        eventFilter: eventFilter,
        ipPolicy: ipPolicy,
        webhookSecret: webhookSecret.flatMap { WebhookSecret($0) },
        figures: SourceFigures()
    )
}
