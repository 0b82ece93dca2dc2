import HydraDataPoints

/// What the DNS says of a company: who takes its mail, how it is protected, which tools it uses.
///
/// Names: `company.mailProvider`, `company.tools`, `company.hasSPF`, `company.hasDMARC`, `company.dmarcPolicy`. A value;
/// any thread.
struct DNSFacts: Sendable {
    /// Empty: the domain has no MX records.
    var mailServers: [MailServer] = []
    var texts: [String] = []
    /// Of `_dmarc.`; nil if that is not known.
    var policies: [String]?

    /// Asks for everything at once.
    ///
    /// - Throws: if the domain is not there, or a server did not say.
    static func ask(_ resolver: DNSResolver, domain: String) async throws(DNSError) -> DNSFacts {
        async let mail = self.answer { () async throws(DNSError) in try await resolver.mailServers(of: domain) }
        async let texts = self.answer { () async throws(DNSError) in try await resolver.texts(of: domain) }
        async let policies = self.answer { () async throws(DNSError) in try await resolver.texts(of: "_dmarc." + domain)
        }
        let (mailAnswer, textAnswer, policyAnswer) = await (mail, texts, policies)
        var facts = DNSFacts()
        facts.mailServers = try self.known(mailAnswer) ?? []
        facts.texts = try self.known(textAnswer) ?? []
        switch policyAnswer {
        case .success(let texts): facts.policies = texts
        case .failure(.noData), .failure(.noSuchName): facts.policies = []
        case .failure: break
        }
        return facts
    }

    private static func answer<Value: Sendable>(
        _ question: @Sendable () async throws(DNSError) -> Value
    ) async -> Result<Value, DNSError> {
        do throws(DNSError) { return .success(try await question()) } catch { return .failure(error) }
    }

    /// No records are an answer too.
    private static func known<Value>(_ answer: Result<Value, DNSError>) throws(DNSError) -> Value? {
        switch answer {
        case .success(let value): return value
        case .failure(.noData): return nil
        case .failure(let error): throw error
        }
    }

    func points(domain: String, at time: Int64) -> [DataPoint] {
        var points: [DataPoint] = []
        func add(_ name: String, _ value: DataValue, _ confidence: Double) {
            points.append(DataPoint(name: name, value: value, source: .dns, time: time, confidence: confidence))
        }
        if self.mailServers.isEmpty {
            add("company.mailProvider", .text("none"), 0.6)
        } else if let (name, confidence) = MailProvider.name(self.mailServers, domain: domain) {
            add("company.mailProvider", .text(name), confidence)
        }
        let tools = DomainTokens.tools(self.texts)
        if !tools.isEmpty { add("company.tools", .list(Array(tools.prefix(SourcingLimits.listItems))), 0.85) }
        add("company.hasSPF", .bool(self.texts.contains { DomainTokens.isSPF($0.lowercased()) }), 0.95)
        if let policies = self.policies {
            let policy = policies.lazy.compactMap { DomainTokens.policy($0) }.first
            add("company.hasDMARC", .bool(policy != nil), 0.95)
            if let policy { add("company.dmarcPolicy", .text(policy), 0.95) }
        }
        return points
    }
}
