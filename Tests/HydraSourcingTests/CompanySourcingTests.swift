import HydraDataPoints
import HydraSourcing
import TestSupport
import Testing

/// Both sources are asked at once, and fail apart from each other.
@Suite struct CompanySourcingTests {
    @Test func bothSourcesAnswer() async throws {
        try await World.with(
            names: World.Names { question in
                switch question.type {
                case 15: .records([.mx(1, "aspmx.l.google.com")])
                case 16: .records([.text("v=spf1 include:_spf.google.com -all")])
                default: nil
                }
            }
        ) { _ in
            .html("<title>Acme</title>")
        } _: { world in
            let sourcing = try CompanySourcing(nameServers: [world.dns.address], allowance: world.allowance)
            let facts = await sourcing.look(up: "acme.example", at: 7)
            sourcing.close()
            #expect(facts.errors.isEmpty)
            #expect(
                facts.points[.dns]?.contains { $0.name == "company.tools" && $0.value == .list(["Google Workspace"]) }
                    == true
            )
            #expect(facts.points[.homePage]?.map(\.name) == ["company.pageTitle"])
        }
    }

    @Test func oneSourceFailsWithoutTheOther() async throws {
        try await World.with { _ in
            .answer(status: "500 No", headers: [])
        } _: { world in
            let sourcing = try CompanySourcing(nameServers: [world.dns.address], allowance: world.allowance)
            let facts = await sourcing.look(up: "acme.example", at: 7)
            sourcing.close()
            #expect(facts.points[.dns]?.isEmpty == false)
            #expect(facts.points[.homePage] == nil)
            #expect(facts.errors[.homePage]?.contains("acme.example: it answers 500") == true)
        }
    }

    @Test func aLookupIsCancelled() async throws {
        try await World.with { _ in
            .silence
        } _: { world in
            let sourcing = try CompanySourcing(nameServers: [world.dns.address], allowance: world.allowance)
            let facts = await withCheckedContinuation { continuation in
                let cancel = sourcing.look(up: "acme.example", in: [.homePage], at: 7) {
                    continuation.resume(returning: $0)
                }
                cancel()
            }
            sourcing.close()
            #expect(facts.errors[.homePage] != nil)
        }
    }

    @Test func withoutAnAllowanceLoopbackIsNotReached() async throws {
        try await World.with { _ in
            .html("never")
        } _: { world in
            let sourcing = try CompanySourcing(nameServers: [world.dns.address])
            let facts = await sourcing.look(up: "acme.example", in: [.homePage], at: 7)
            sourcing.close()
            #expect(facts.errors[.homePage]?.contains("127.0.0.2 is loopback") == true)
            #expect(world.web.connections == 0)
        }
    }
}
