/// What ``HydraScript`` reads of a call.
package struct HydraScriptCall: Sendable, Equatable {
    package let type: String?
    package let messageId: String?
    package let userId: String?
    package let anonymousId: String?
    package let event: String?
    package let source: String?
    /// When its request arrived.
    package let at: ContinuousClock.Instant

    init(_ object: [String: Any], at: ContinuousClock.Instant) {
        self.type = object["type"] as? String
        self.messageId = object["messageId"] as? String
        self.userId = object["userId"] as? String
        self.anonymousId = object["anonymousId"] as? String
        self.event = object["event"] as? String
        self.source = object["source"] as? String
        self.at = at
    }
}
