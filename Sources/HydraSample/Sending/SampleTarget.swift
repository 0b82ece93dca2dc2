/// Where a history is sent.
///
/// A value; any thread.
package struct SampleTarget: Sendable {
    /// Of the gateway, without a path.
    package var gateway: String
    package var writeKey: String
    /// PEM of certificates that are trusted beside the system's; nil: none.
    package var certificate: String?

    package init(gateway: String, writeKey: String, certificate: String?) {
        self.gateway = gateway
        self.writeKey = writeKey
        self.certificate = certificate
    }
}
