import HydraSourcing
import TestSupport
import Testing

/// No server can hold a fetch longer, or make it read more, than is allowed.
@Suite struct HostileSiteTests {
    @Test(.timeLimit(.minutes(1)))
    func aPageOfAHundredMegabytesIsCut() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 104857600\r\n\r\n<title>Big</title>"
        let piece = String(repeating: "x", count: 64 << 10)
        try await World.with { _ in
            .flood(first: head, piece: piece, times: 1_600)
        } _: { world in
            let began = ContinuousClock.now
            let page = try await world.homePage.fetch("acme.example").get()
            #expect(page.body.count == 512 << 10)
            #expect(page.isCut)
            #expect(ContinuousClock.now - began < .seconds(60))
            // What was not read was not sent: buffers of sockets alone lie between.
            #expect(world.web.bytesSent < 32 << 20)
            #expect(PageReader.read(page).title == "Big")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aBodyThatDripsForEverEnds() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        try await World.with { _ in
            .drip(first: head, piece: "x", milliseconds: 100)
        } _: { world in
            let began = ContinuousClock.now
            let failure = try #require(await world.homePage.fetch("acme.example").failure)
            #expect(failure.description.contains("too long"))
            let took = ContinuousClock.now - began
            #expect(took > .seconds(9) && took < .seconds(60), "\(took)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aHeadThatDripsForEverEnds() async throws {
        try await World.with { _ in
            .drip(first: "HTTP/1.1 200 OK\r\n", piece: "X-A: b\r\n", milliseconds: 200)
        } _: { world in
            let began = ContinuousClock.now
            #expect(await world.homePage.fetch("acme.example").failure != nil)
            #expect(ContinuousClock.now - began < .seconds(60))
        }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            String(repeating: "X-A: b\r\n", count: 2_000), "X-" + String(repeating: "a", count: 60_000),
            String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 1_000),
        ]
    )
    func aHeadWithoutEndIsRefused(piece: String) async throws {
        try await World.with { _ in
            .flood(first: piece.hasPrefix("HTTP") ? "" : "HTTP/1.1 200 OK\r\n", piece: piece, times: 100_000)
        } _: { world in
            let began = ContinuousClock.now
            let failure = try #require(await world.homePage.fetch("acme.example").failure)
            let reason = piece.hasPrefix("HTTP") ? "it sends more than a page" : "it does not speak HTTP"
            let took = ContinuousClock.now - began
            // A machine that is very slow, as under a sanitizer, comes to the limit of time before that of bytes.
            let isLate = failure.description.contains("too long") && took > .seconds(9)
            #expect(failure.description.contains(reason) || isLate, "\(failure)")
            #expect(took < .seconds(60))
            // Four attempts, each with its limit, and what was on its way.
            #expect(world.web.bytesSent < 48 << 20)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aServerThatSaysNothingIsLeft() async throws {
        try await World.with { _ in
            .silence
        } _: { world in
            let began = ContinuousClock.now
            #expect(await world.homePage.fetch("acme.example").failure != nil)
            #expect(ContinuousClock.now - began < .seconds(60))
        }
    }
}
