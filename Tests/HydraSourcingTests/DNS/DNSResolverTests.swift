import HydraSourcing
import TestSupport
import Testing

/// The resolver reads what servers say, bounds it, and waits for none of them for long.
@Suite struct DNSResolverTests {
    /// Runs a test with a resolver that asks one server.
    private func with(
        _ script: @escaping TestDNSServer.Script,
        _ body: (DNSResolver, TestDNSServer) async throws -> Void
    ) async throws {
        let server = try await TestDNSServer.start(script)
        let resolver = DNSResolver(servers: [server.address])
        do {
            try await body(resolver, server)
        } catch {
            resolver.close()
            try await server.stop()
            throw error
        }
        resolver.close()
        try await server.stop()
    }

    private func failure<Value>(_ question: () async throws(DNSError) -> Value) async -> DNSError? {
        do throws(DNSError) {
            _ = try await question()
            return nil
        } catch {
            return error
        }
    }

    @Test func recordsAreRead() async throws {
        try await self.with { question in
            switch question.type {
            case 1: .records([.a("192.0.2.1"), .a("192.0.2.2")])
            case 28: .records([.aaaa("2001:db8::1")])
            case 15: .records([.mx(20, "b.mail.example"), .mx(10, "A.Mail.Example")])
            default: .records([.txt([Array("v=spf1 ".utf8), Array("-all".utf8)]), .txt([[0xff, 0x61]])])
            }
        } _: { resolver, _ in
            let addresses = try await resolver.addresses(of: "acme.example").map(\.description)
            #expect(addresses == ["192.0.2.1", "192.0.2.2", "2001:db8::1"])
            let servers = try await resolver.mailServers(of: "acme.example")
            #expect(
                servers == [
                    MailServer(host: "a.mail.example", preference: 10),
                    MailServer(host: "b.mail.example", preference: 20),
                ]
            )
            let texts = try await resolver.texts(of: "acme.example")
            #expect(texts == ["v=spf1 -all", "\u{fffd}a"])
        }
    }

    @Test func aliasesAreFollowedInsideAnAnswer() async throws {
        try await self.with { question in
            let aliases: [TestDNSServer.Record] = [.cname("one.cdn.example"), .cname("two.cdn.example")]
            return switch question.type {
            case 1: .records(aliases + [.a("192.0.2.7")])
            case 15: .records(aliases + [.mx(1, "mail.example")])
            default: .records(aliases)
            }
        } _: { resolver, _ in
            let addresses = try await resolver.addresses(of: "www.acme.example")
            #expect(addresses.map(\.description) == ["192.0.2.7"])
            let servers = try await resolver.mailServers(of: "www.acme.example")
            #expect(servers.map(\.host) == ["mail.example"])
        }
    }

    @Test func aliasesInACircleEnd() async throws {
        try await self.with { question in
            .records([.cname(question.name == "a.example" ? "b.example" : "a.example"), .cname("a.example")])
        } _: { resolver, server in
            #expect(
                await self.failure { () async throws(DNSError) in try await resolver.addresses(of: "a.example") }
                    == .noData
            )
            #expect(server.questions.count == 2)
        }
    }

    @Test func aNullMXIsSeen() async throws {
        try await self.with { _ in
            .records([.mx(0, "")])
        } _: { resolver, _ in
            let servers = try await resolver.mailServers(of: "acme.example")
            #expect(servers == [MailServer(host: "", preference: 0)])
        }
    }

    @Test(arguments: [
        (TestDNSServer.Reaction.failure(2), DNSError.unavailable), (.failure(3), .noSuchName),
        (.failure(5), .unavailable),
        (.records([]), .noData),
    ])
    func aFailureIsTold(reaction: TestDNSServer.Reaction, error: DNSError) async throws {
        try await self.with { _ in
            reaction
        } _: { resolver, _ in
            #expect(
                await self.failure { () async throws(DNSError) in try await resolver.texts(of: "acme.example") }
                    == error
            )
            #expect(
                await self.failure { () async throws(DNSError) in try await resolver.addresses(of: "acme.example") }
                    == error
            )
        }
    }

    @Test(arguments: [
        TestDNSServer.Reaction.silence, .wrongID([.a("192.0.2.66")]), .garbage([]), .garbage([0x81]),
        .garbage(Array(repeating: 0xff, count: 300)),
    ])
    func whatIsNoAnswerIsNotWaitedForLong(reaction: TestDNSServer.Reaction) async throws {
        try await self.with { _ in
            reaction
        } _: { resolver, _ in
            let began = ContinuousClock.now
            let error = await self.failure { () async throws(DNSError) in
                try await resolver.addresses(of: "acme.example")
            }
            #expect(error != nil && error != .noData)
            #expect(ContinuousClock.now - began < .seconds(60))
        }
    }

    @Test func aLongAnswerComesOverTCPAndIsCut() async throws {
        try await self.with { question in
            question.type == 16
                ? .records((0..<1_000).map { .text("token-\($0)") })
                : .records((0..<1_000).map { .mx(UInt16($0), "m\($0).x.example") })
        } _: { resolver, server in
            let texts = try await resolver.texts(of: "acme.example")
            #expect(texts.count == 200)
            let servers = try await resolver.mailServers(of: "acme.example")
            #expect(servers.last?.host == "m199.x.example")
            #expect(Set(server.questions.map(\.isTCP)) == [true, false])
        }
    }

    @Test func aLongTextIsCut() async throws {
        try await self.with { _ in
            .records([.txt(Array(repeating: Array(repeating: 0x61, count: 255), count: 40))])
        } _: { resolver, _ in
            let texts = try await resolver.texts(of: "acme.example")
            #expect(texts.map(\.utf8.count) == [2_048])
        }
    }

    @Test func aNameWithAThousandAddressesIsRefused() async throws {
        try await self.with { question in
            .records(question.type == 1 ? (0..<1_000).map { .a("198.41.\($0 / 250).\($0 % 250)") } : [])
        } _: { resolver, _ in
            let error = await self.failure { () async throws(DNSError) in
                try await resolver.addresses(of: "acme.example")
            }
            #expect(error == .tooManyRecords)
        }
    }

    @Test func oneFamilyIsEnough() async throws {
        try await self.with { question in
            question.type == 1 ? .failure(2) : .records([.aaaa("2001:db8::1")])
        } _: { resolver, _ in
            let addresses = try await resolver.addresses(of: "acme.example")
            #expect(addresses.map(\.description) == ["2001:db8::1"])
        }
    }

    @Test func aCancelledQuestionReturnsAtOnce() async throws {
        try await self.with { _ in
            .silence
        } _: { resolver, server in
            let task = Task {
                await self.failure { () async throws(DNSError) in try await resolver.texts(of: "acme.example") }
            }
            while server.questions.isEmpty { await Task.yield() }
            task.cancel()
            #expect(await task.value == .cancelled)
        }
    }

    @Test func aClosedResolverAnswersAll() async throws {
        try await self.with { _ in
            .silence
        } _: { resolver, server in
            let task = Task {
                await self.failure { () async throws(DNSError) in try await resolver.texts(of: "acme.example") }
            }
            while server.questions.isEmpty { await Task.yield() }
            resolver.close()
            #expect(await task.value == .cancelled)
            let late = await self.failure { () async throws(DNSError) in try await resolver.texts(of: "acme.example") }
            #expect(late == .cancelled)
        }
    }

    @Test func manyAskAtOnce() async throws {
        try await self.with {
            .records([.text($0.name)])
        } _: { resolver, _ in
            let texts = try await withThrowingTaskGroup(of: [String].self) { group in
                for number in 0..<100 { group.addTask { try await resolver.texts(of: "n\(number).example") } }
                return try await group.reduce(into: Set<String>()) { $0.formUnion($1) }
            }
            #expect(texts.count == 100)
        }
    }

    @Test(arguments: ["", "a..example", "a\0.example", String(repeating: "a", count: 64) + ".example"])
    func whatIsNoNameIsNotAsked(name: String) async throws {
        try await self.with { _ in
            .records([.text("x")])
        } _: { resolver, server in
            let error = await self.failure { () async throws(DNSError) in try await resolver.texts(of: name) }
            #expect(error == .badName)
            #expect(server.questions.isEmpty)
        }
    }
}
