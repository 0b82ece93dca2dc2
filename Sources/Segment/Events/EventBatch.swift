/// What one request held.
///
/// A plain value; any thread.
package struct EventBatch: Sendable {
    /// The write key: of the header, else of the body, else of its first event that has one, else of the query. Always
    /// nil on partner and webhook routes, where the API key or the signature says who it is.
    package var writeKey: WriteKey?
    /// Whether there is no key only because the one that was sent has control characters, such as a line feed.
    package var writeKeyHasControlCharacters = false
    /// The events to count, log and, for identify and track, relay; in the order of the request.
    package var events: [Event]
    /// The events that cannot be used, in the order of the request.
    package var rejected: [ItemRejection]
    /// Whether the body was JSON only after repair (NaN, Infinity, lone surrogates, a byte order mark).
    package var wasRepaired: Bool
    /// Whether the peer of the connection is the user's own device.
    package var isClientSide: Bool

    /// What the settings header of a partner request held; absent on all other routes.
    package var partnerSettings = PartnerSettings.absent

    /// Why not one of the events could be used: the first one's reason; nil where one could, and where there was none.
    package var reasonForNothing: ItemRejection? {
        events.isEmpty ? rejected.first : nil
    }

    /// How many of the events are calls that Hydra does not take.
    package var unsupportedCount: Int {
        events.count { !$0.type.isRelayed }
    }

    /// A batch without events.
    package init(writeKey: WriteKey? = nil, isClientSide: Bool = false) {
        self.writeKey = writeKey
        events = []
        rejected = []
        wasRepaired = false
        self.isClientSide = isClientSide
    }
}
