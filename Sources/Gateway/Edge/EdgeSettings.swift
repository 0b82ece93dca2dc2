import Segment

/// What a reload may change at the edge, as one immutable unit: a request works with the settings it began with.
///
/// Shared by all threads.
final class EdgeSettings: Sendable {
    let sources: SourceRegistry
    let readers: ReaderPool
    /// Host and path for the settings document, such as `events.example.com/v1`; nil: the request's own host.
    let publicHost: String?
    /// Client addresses that may see `/-/`, besides those that the front server lets through; a second lock on the
    /// door, for hosts whose front server is not ours to configure. Empty: nobody.
    let adminAddresses: Set<String>

    init(
        sources: SourceRegistry,
        limits: SegmentLimits,
        publicHost: String?,
        adminAddresses: [String] = ["127.0.0.1", "::1"]
    ) {
        self.sources = sources
        self.readers = ReaderPool(limits: limits)
        self.publicHost = publicHost
        self.adminAddresses = Set(adminAddresses)
    }

    /// Whether this client may see `/-/`. Where the front server tells no address nobody is known, and the pages would be
    /// the world's wherever `REMOTE_ADDR` was forgotten.
    ///
    /// - Parameter isAdmitted: the front server says that it has checked who it is (`HYDRA_GATEWAY_ADMIT`, which no client
    ///   can send: a header's name would begin with `HTTP_`).
    func mayAdminister(_ address: String?, isAdmitted: Bool = false) -> Bool {
        if isAdmitted { return !self.adminAddresses.isEmpty }
        guard let address, !address.isEmpty else { return false }
        return self.adminAddresses.contains(address)
    }
}
