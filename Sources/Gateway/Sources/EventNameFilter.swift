/// Which track events of a source are relayed, by their exact name.
package struct EventNameFilter: Sendable, Equatable {
    private let allowed: Set<String>?
    private let denied: Set<String>

    /// - Parameters:
    ///   - allow: when not empty, only these names pass.
    ///   - deny: these never pass; stronger than `allow`.
    package init(allow: [String] = [], deny: [String] = []) {
        self.allowed = allow.isEmpty ? nil : Set(allow)
        self.denied = Set(deny)
    }

    /// Whether a track event of this name is relayed. Events without a name (identify) always pass.
    package func passes(_ name: String?) -> Bool {
        guard let name else { return true }
        if !self.denied.isEmpty, self.denied.contains(name) { return false }
        return self.allowed?.contains(name) ?? true
    }
}
