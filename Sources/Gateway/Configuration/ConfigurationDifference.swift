/// What a reload changes, by key: what takes effect at once and what waits for a restart. A value.
package struct ConfigurationDifference: Equatable, Sendable, CustomStringConvertible {
    /// Settings that SIGHUP puts into effect, such as `log.level`, and changed sources as `sources.web`.
    package internal(set) var reloadable: [String] = []
    /// Settings whose change needs a restart.
    package internal(set) var restart: [String] = []

    /// Nothing differs.
    package var isEmpty: Bool { self.reloadable.isEmpty && self.restart.isEmpty }

    /// For the log: names of settings, never values.
    package var description: String {
        if self.isEmpty { return "nothing changed" }
        var parts: [String] = []
        if !self.reloadable.isEmpty { parts.append("in effect now: \(self.reloadable.joined(separator: ", "))") }
        if !self.restart.isEmpty { parts.append("needs a restart: \(self.restart.joined(separator: ", "))") }
        return parts.joined(separator: "; ")
    }
}

extension GatewayConfiguration {
    /// What is different from an older configuration.
    package func difference(from old: GatewayConfiguration) -> ConfigurationDifference {
        var difference = ConfigurationDifference()
        for field in Self.fields where !field.isEqual(self, old) {
            if field.isReloadable {
                difference.reloadable.append(field.key)
            } else {
                difference.restart.append(field.key)
            }
        }
        let ours = Dictionary(uniqueKeysWithValues: self.sources.map { ($0.name, $0) })
        let theirs = Dictionary(uniqueKeysWithValues: old.sources.map { ($0.name, $0) })
        let changed = Set(ours.keys).union(theirs.keys).filter { ours[$0] != theirs[$0] }
        difference.reloadable.append(contentsOf: changed.sorted().map { "sources.\($0)" })
        return difference
    }

    private struct Field: Sendable {
        let key: String
        let isReloadable: Bool
        let isEqual: @Sendable (GatewayConfiguration, GatewayConfiguration) -> Bool

        init<Value: Equatable & SendableMetatype>(
            _ key: String,
            reloadable: Bool,
            _ value: @escaping @Sendable (GatewayConfiguration) -> Value
        ) {
            self.key = key
            self.isReloadable = reloadable
            self.isEqual = { value($0) == value($1) }
        }
    }

    /// Every setting but the sources. What sockets, threads, open files and connections were made with needs a restart.
    private static let fields: [Field] = [
        Field("listen", reloadable: false) { $0.listen },
        Field("socket", reloadable: false) { $0.socket },
        Field("allowNonLoopback", reloadable: false) { $0.allowNonLoopback },
        Field("responder", reloadable: false) { $0.responder },
        Field("workers", reloadable: false) { $0.workers },
        Field("allowedUsers", reloadable: false) { $0.allowedUsers },
        Field("allowedPeers", reloadable: false) { $0.allowedPeers },
        Field("limits.connections", reloadable: false) { $0.limits.connections },
        Field("limits.parameterBytes", reloadable: false) { $0.limits.parameterBytes },
        Field("limits.requestBytes", reloadable: false) { $0.limits.requestBytes },
        Field("limits.readTimeout", reloadable: false) { $0.limits.readTimeout },
        Field("limits.writeTimeout", reloadable: false) { $0.limits.writeTimeout },
        Field("limits.requestTimeout", reloadable: false) { $0.limits.requestTimeout },
        Field("limits.eventBytes", reloadable: true) { $0.limits.eventBytes },
        Field("limits.batchBytes", reloadable: true) { $0.limits.batchBytes },
        Field("limits.batchEvents", reloadable: true) { $0.limits.batchEvents },
        Field("limits.depth", reloadable: true) { $0.limits.depth },
        Field("limits.identifierBytes", reloadable: true) { $0.limits.identifierBytes },
        Field("spool", reloadable: false) { $0.spool },
        Field("hydra.url", reloadable: true) { $0.hydra.url },
        Field("hydra.caFile", reloadable: true) { $0.hydra.caFile },
        Field("hydra.connectTimeout", reloadable: false) { $0.hydra.connectTimeout },
        Field("hydra.timeout", reloadable: false) { $0.hydra.timeout },
        Field("hydra.connections", reloadable: false) { $0.hydra.connections },
        Field("delivery.enabled", reloadable: false) { $0.delivery.enabled },
        Field("delivery.batch", reloadable: true) { $0.delivery.batch },
        Field("delivery.maximumBatch", reloadable: true) { $0.delivery.maximumBatch },
        Field("delivery.concurrency", reloadable: true) { $0.delivery.concurrency },
        Field("delivery.retryBase", reloadable: false) { $0.delivery.retryBase },
        Field("delivery.retryCap", reloadable: false) { $0.delivery.retryCap },
        Field("delivery.retryFor", reloadable: false) { $0.delivery.retryFor },
        Field("delivery.probeInterval", reloadable: false) { $0.delivery.probeInterval },
        Field("delivery.breakerFailures", reloadable: false) { $0.delivery.breakerFailures },
        Field("log.file", reloadable: false) { $0.log.file },
        Field("log.level", reloadable: true) { $0.log.level },
        Field("admin", reloadable: true) { $0.admin },
        Field("publicHost", reloadable: true) { $0.publicHost },
        Field("shutdownTimeout", reloadable: false) { $0.shutdownTimeout },
    ]
}
