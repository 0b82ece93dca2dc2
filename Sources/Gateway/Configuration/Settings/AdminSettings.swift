/// The routes below `/-/`: status, metrics, liveness, readiness. A value.
package struct AdminSettings: Equatable, Sendable {
    /// false answers them with 404.
    package internal(set) var enabled = true
    /// Client addresses that may ask; nginx keeps others away as well. `*` for all.
    package internal(set) var allowedAddresses = ["127.0.0.1", "::1"]
    /// How often a responder writes its figures for the others, 1 s.
    package internal(set) var figuresInterval: Duration = .seconds(1)
}
