/// What the edge needs of an HTTP request besides its body.
///
/// A plain value; any thread.
package struct RequestFacts: Sendable {
    /// The `Authorization` header as it came, several joined by `, `.
    package var authorization: String?
    /// The address of the connection's peer, as the server in front prints it.
    package var remoteAddress: String?
    /// The clock when the request arrived.
    package var receivedAt: Timestamp
    /// The query without its question mark, still percent-encoded.
    package var query: String
    /// The `User-Agent` header.
    package var userAgent: String?
    /// The `Content-Encoding` header; believed only where the bytes do not say.
    package var contentEncoding: String?
    /// The `X-Signature` header of a webhook.
    package var signature: String?
    /// The secret that a webhook's signature must prove; nil where the source has none and signatures are not asked
    /// for.
    package var webhookSecret: WebhookSecret?
    /// The `X-Segment-Settings` header of a partner request.
    package var settingsHeader: String?

    /// Facts of a request; everything but the time may be absent.
    package init(
        authorization: String? = nil,
        remoteAddress: String? = nil,
        receivedAt: Timestamp,
        query: String = "",
        userAgent: String? = nil,
        contentEncoding: String? = nil,
        signature: String? = nil,
        webhookSecret: WebhookSecret? = nil,
        settingsHeader: String? = nil
    ) {
        self.authorization = authorization
        self.remoteAddress = remoteAddress
        self.receivedAt = receivedAt
        self.query = query
        self.userAgent = userAgent
        self.contentEncoding = contentEncoding
        self.signature = signature
        self.webhookSecret = webhookSecret
        self.settingsHeader = settingsHeader
    }
}
