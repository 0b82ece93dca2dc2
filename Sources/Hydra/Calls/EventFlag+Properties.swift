package import JSON

extension EventFlag {
    /// The flag in an event's properties; neutral where there are none, or where `eventFlag` is not a string.
    package init(properties: JSONValue?) {
        guard let value = properties?["eventFlag"], case .string = value.kind else {
            self = .neutral
            return
        }
        guard let name = value.string else {
            self = .neutral
            return
        }
        self.init(name: name)
    }
}
