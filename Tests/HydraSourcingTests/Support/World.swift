import HydraDataPoints
import HydraSourcing
import TestSupport

/// A DNS server and web servers on loopback, and what looks things up there.
final class World: Sendable {
    /// What the DNS says beside the addresses of the web server: nil for those.
    struct Names: Sendable {
        let answer: @Sendable (TestDNSServer.Question) -> TestDNSServer.Reaction?

        init(_ answer: @escaping @Sendable (TestDNSServer.Question) -> TestDNSServer.Reaction?) {
            self.answer = answer
        }
    }

    let dns: TestDNSServer
    let web: TestWebServer
    let resolver: DNSResolver
    let homePage: HomePage
    let allowance: TestAllowance

    /// - Parameters:
    ///   - names: by default all names have the web server's address, 127.0.0.2.
    ///   - web: of the plain web server, on 127.0.0.2.
    ///   - secure: the port of a TLS server; nil where nothing listens.
    init(
        names: Names = Names { _ in nil },
        secure: (port: Int, certificates: String)? = nil,
        web: @escaping TestWebServer.Script
    ) async throws {
        self.dns = try await TestDNSServer.start { question in
            if let reaction = names.answer(question) { return reaction }
            return question.type == 1 ? .records([.a("127.0.0.2")]) : .records([])
        }
        self.web = try await TestWebServer.start(host: "127.0.0.2", web)
        let closed = Int(try freePort())
        self.allowance = TestAllowance(
            addresses: [.v4(0x7f00_0002)],
            securePort: secure?.port ?? closed,
            plainPort: self.web.port,
            trustedCertificates: secure?.certificates
        )
        self.resolver = DNSResolver(servers: [self.dns.address])
        self.homePage = try HomePage(resolver: self.resolver, allowance: self.allowance)
    }

    func close() async throws {
        self.resolver.close()
        try await self.dns.stop()
        try await self.web.stop()
    }

    /// Runs a test in a world, which is closed whatever happens.
    static func with(
        names: Names = Names { _ in nil },
        secure: (port: Int, certificates: String)? = nil,
        web: @escaping TestWebServer.Script,
        _ body: (World) async throws -> Void
    ) async throws {
        let world = try await World(names: names, secure: secure, web: web)
        do {
            try await body(world)
        } catch {
            try await world.close()
            throw error
        }
        try await world.close()
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }

    var success: Success? {
        if case .success(let value) = self { value } else { nil }
    }
}
