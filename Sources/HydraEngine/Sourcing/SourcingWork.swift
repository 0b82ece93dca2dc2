import GRDB
import HydraDataPoints

/// The next lookup, and what becomes of it in the database. What is not written was not done: it is still due.
///
/// The sourcing thread's, or ``Engine/settle()``'s caller's.
struct SourcingWork {
    /// A domain, and what is asked about it.
    struct Lookup: Sendable {
        let domain: String
        let sources: Set<NetworkSource>
    }

    let store: Store
    let clock: @Sendable () -> Instant
    /// On their way: no domain is asked twice at a time.
    private(set) var running: Set<String> = []

    init(store: Store, clock: @escaping @Sendable () -> Instant) {
        self.store = store
        self.clock = clock
    }

    /// What to look up next; it is running then. Takes what nobody wants to know any more out of the queue.
    ///
    /// - Returns: nil if nothing is due.
    mutating func next() throws -> Lookup? {
        while true {
            let (lookup, unwanted) = try self.store.pool.read { db in try self.choose(db) }
            if !unwanted.isEmpty {
                try self.store.pool.write { db in
                    // Somebody may have switched it on meanwhile.
                    for (domain, source) in unwanted where try !Self.isWanted(domain, source, in: db) {
                        try SourcedDomains.remove(domain, source, in: db)
                    }
                }
            }
            if let lookup {
                self.running.insert(lookup.domain)
                return lookup
            }
            guard !unwanted.isEmpty else { return nil }
        }
    }

    private func choose(_ db: Database) throws -> (Lookup?, unwanted: [(String, NetworkSource)]) {
        var unwanted: [(String, NetworkSource)] = []
        let due = try SourcedDomains.due(at: self.clock(), in: db)
        for (domain, source) in due where !self.running.contains(domain) {
            guard try Self.isWanted(domain, source, in: db) else {
                unwanted.append((domain, source))
                continue
            }
            var sources: Set<NetworkSource> = []
            for (other, source) in due where other == domain {
                if try Self.isWanted(domain, source, in: db) { sources.insert(source) }
            }
            return (Lookup(domain: domain, sources: sources), unwanted)
        }
        return (nil, unwanted)
    }

    /// Companies are asked about, not the services where anybody has an address.
    private static func isWanted(_ domain: String, _ source: NetworkSource, in db: Database) throws -> Bool {
        guard DomainName.registrable(domain) == domain, !MailDomains.isFree(domain), !MailDomains.isDisposable(domain)
        else { return false }
        return try SourcingSettings.wanted(domain, in: db).contains(source)
    }

    /// Forgets that a lookup is on its way, without what it found: it is still due.
    mutating func abandon(_ lookup: Lookup) {
        self.running.remove(lookup.domain)
    }

    /// Keeps what was found.
    mutating func finish(_ lookup: Lookup, _ facts: SourcedFacts) throws {
        self.running.remove(lookup.domain)
        let now = self.clock()
        try self.store.pool.write { db in try SourcedDomains.write(facts, of: lookup.domain, at: now, in: db) }
    }
}
