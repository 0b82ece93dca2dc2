import HydraSourcing
import TestSupport
import Testing

/// The home page is fetched from the address that was checked, within bounds, whatever the server does.
@Suite(.serialized) struct HomePageTests {
    @Test func aPageIsFetchedByItsNameWithoutCookiesOrCredentials() async throws {
        try await World.with { _ in
            .answer(headers: ["Content-Type: text/html", "Set-Cookie: a=b"], body: Array("<title>Acme</title>".utf8))
        } _: { world in
            let page = try await world.homePage.fetch("acme.example").get()
            #expect(String(decoding: page.body, as: UTF8.self) == "<title>Acme</title>")
            #expect(page.host == "acme.example")
            #expect(!page.isCut)
            let request = try #require(world.web.requests.first)
            #expect(request.host == "acme.example:\(world.web.port)")
            #expect(request.text.contains("User-Agent: hydra/") || request.text.contains("user-agent: hydra/"))
            #expect(!request.text.lowercased().contains("cookie"))
            #expect(!request.text.lowercased().contains("authorization"))
        }
    }

    @Test func withoutABareNameTheOneWithWWWIsTried() async throws {
        try await World.with(names: World.Names { $0.name == "acme.example" ? .failure(3) : nil }) { _ in
            .html("<title>www</title>")
        } _: { world in
            let page = try await world.homePage.fetch("acme.example").get()
            #expect(page.host == "www.acme.example")
        }
    }

    // MARK: Addresses

    @Test(arguments: ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0"])
    func aForbiddenAddressIsNotConnectedTo(address: String) async throws {
        try await World.with(names: World.Names { $0.type == 1 ? .records([.a("127.0.0.2"), .a(address)]) : nil }) {
            _ in
            .html("never")
        } _: { world in
            let failure = try #require(await world.homePage.fetch("acme.example").failure)
            #expect(failure.description.contains("its address \(address) is"), "\(failure)")
            #expect(world.web.connections == 0)
        }
    }

    @Test(arguments: ["::1", "fd00:ec2::254", "fe80::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
    func aForbiddenAddressOfTheOtherFamilyRefusesTheHostToo(address: String) async throws {
        try await World.with(names: World.Names { $0.type == 28 ? .records([.aaaa(address)]) : nil }) { _ in
            .html("never")
        } _: { world in
            #expect(await world.homePage.fetch("acme.example").failure != nil)
            #expect(world.web.connections == 0)
        }
    }

    @Test func anotherAnswerAfterTheCheckChangesNothing() async throws {
        // First the allowed address, then for ever the forbidden one, where another server waits on the same port.
        try await World.with(
            names: World.Names { question in
                guard question.name == "acme.example" else { return .failure(3) }
                return question.type == 1 ? .records([.a(question.repeats == 0 ? "127.0.0.2" : "127.0.0.1")]) : nil
            }
        ) { _ in
            .html("<title>checked</title>")
        } _: { world in
            let trap = try await TestWebServer.start(host: "127.0.0.1", port: world.web.port) { _ in .html("trap") }
            // The name is asked for again for each of https and http: only the first is allowed.
            let secure = TestAllowance(
                addresses: [.v4(0x7f00_0002)],
                securePort: world.web.port,
                plainPort: world.web.port
            )
            let pages = try HomePage(resolver: world.resolver, allowance: secure)
            _ = await pages.fetch("acme.example")
            #expect(world.web.connections == 1)
            #expect(trap.connections == 0)
            #expect(world.dns.questions.count { $0.name == "acme.example" && $0.type == 1 } == 2)
            try await trap.stop()
        }
    }

    @Test func theConnectionGoesToTheCheckedAddressWithoutAnotherQuestion() async throws {
        try await World.with(
            names: World.Names { question in
                // The first question is that of https, where nobody listens; the second one's answer is connected to.
                question.type == 1 ? .records([.a(question.repeats < 2 ? "127.0.0.2" : "127.0.0.1")]) : nil
            }
        ) { _ in
            .html("<title>checked</title>")
        } _: { world in
            let trap = try await TestWebServer.start(host: "127.0.0.1", port: world.web.port) { _ in .html("trap") }
            let page = try await world.homePage.fetch("acme.example").get()
            #expect(String(decoding: page.body, as: UTF8.self) == "<title>checked</title>")
            #expect(trap.connections == 0)
            #expect(world.dns.questions.count { $0.name == "acme.example" && $0.type == 1 } == 2)
            try await trap.stop()
        }
    }

    // MARK: Redirects

    @Test func redirectsAreFollowedAndCheckedAnew() async throws {
        try await World.with { request in
            switch request.path {
            case "/": .redirect("/home?a=1#top", status: "301 Moved Permanently")
            case "/home?a=1": .redirect("//www.acme.example:\(request.host.split(separator: ":").last ?? "")/en/")
            default: .html(request.path)
            }
        } _: { world in
            let page = try await world.homePage.fetch("acme.example").get()
            #expect(page.host == "www.acme.example")
            #expect(String(decoding: page.body, as: UTF8.self) == "/en/")
            #expect(world.dns.questions.contains { $0.name == "www.acme.example" })
        }
    }

    @Test(arguments: [
        ("http://inside.example/", "its address 127.0.0.1 is loopback"),
        ("http://169.254.169.254/latest/meta-data/", "something else than a public name"),
        ("http://[::1]/", "something else than a public name"),
        ("http://2130706433/", "something else than a public name"),
        ("http://0x7f.1/", "something else than a public name"),
        ("http://localhost/", "something else than a public name"),
        ("http://router.local/", "not one of the public DNS"),
        ("file:///etc/passwd", "something else than http"), ("gopher://acme.example/", "something else than http"),
        ("javascript:alert(1)", "something else than http"), ("http+unix://%2Frun%2Fx/", "something else than http"),
        ("http://user:pass@acme.example/", "a URL with a user in it"), ("http://acme.example:22/", "port 22"),
        ("http://acme.example:8080/", "port 8080"), ("http://exa mple/", "what is no URL"),
        ("/" + String(repeating: "a", count: 3_000), "what is no URL"),
    ])
    func aRedirectElsewhereIsNotFollowed(location: String, reason: String) async throws {
        try await World.with(
            names: World.Names { $0.type == 1 && $0.name == "inside.example" ? .records([.a("127.0.0.1")]) : nil }
        ) {
            request in
            // Where the port stands for 80, names it must be given.
            let port = request.host.split(separator: ":").last.map(String.init) ?? ""
            return .redirect(
                location.replacing("inside.example/", with: "inside.example:\(port)/")
                    .replacing("router.local/", with: "router.local:\(port)/")
            )
        } _: { world in
            let failure = try #require(await world.homePage.fetch("acme.example").failure)
            #expect(failure.description.contains(reason), "\(failure)")
            #expect(
                world.web.requests.allSatisfy { $0.path == "/" && $0.host.hasSuffix("acme.example:\(world.web.port)") }
            )
        }
    }

    @Test func redirectsInACircleEnd() async throws {
        try await World.with { request in
            .redirect("/\(request.path.utf8.count)")
        } _: { world in
            let failure = try #require(await world.homePage.fetch("acme.example").failure)
            #expect(failure.description.contains("redirects more than 5 times"))
            // Six requests for each of the two names.
            #expect(world.web.requests.count == 12)
        }
    }

    @Test func aLoopOfRedirectsToAPrivateAddressIsNeverThere() async throws {
        try await World.with(
            names: World.Names { question in
                guard question.type == 1 else { return nil }
                return .records([.a(question.name == "loop.example" ? "10.0.0.1" : "127.0.0.2")])
            }
        ) { request in
            .redirect("http://loop.example:\(request.host.split(separator: ":").last ?? "")/")
        } _: { world in
            let failure = try #require(await world.homePage.fetch("acme.example").failure)
            #expect(failure.description.contains("its address 10.0.0.1 is private"))
            #expect(world.web.requests.count == 2)
        }
    }

    // MARK: What is no page

    @Test(arguments: [
        (TestWebServer.Reaction.html("%PDF", type: "application/pdf"), "it is application/pdf, not HTML"),
        (.answer(headers: []), "it is of no type, not HTML"),
        (.answer(status: "404 Not Found", headers: ["Content-Type: text/html"]), "it answers 404"),
        (.answer(status: "503 Busy", headers: ["Content-Type: text/html"]), "it answers 503"),
        (.answer(status: "302 Found", headers: []), "it answers 302"),
        (.answer(headers: ["Content-Type: text/html", "Content-Encoding: gzip"], body: [0x1f, 0x8b]), "compressed"),
        (.bytes(Array("SSH-2.0-OpenSSH_9\r\n".utf8)), ""), (.bytes([]), ""), (.bytes([0, 1, 2, 255]), ""),
    ])
    func whatIsNoPageIsRefused(reaction: TestWebServer.Reaction, reason: String) async throws {
        try await World.with { _ in
            reaction
        } _: { world in
            let failure = try #require(await world.homePage.fetch("acme.example").failure)
            #expect(failure.description.contains(reason), "\(failure)")
        }
    }

    // MARK: TLS

    /// Runs a test with a TLS server whose certificate is for one name.
    private func withTLS(
        certifiedName: String,
        _ script: @escaping TestWebServer.Script,
        _ body: (World, TestWebServer) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let certificate = try TestCertificate(in: directory.path, name: certifiedName)
        let secure = try await TestWebServer.start(host: "127.0.0.2", tls: certificate.serverContext(), script)
        try await World.with(secure: (secure.port, certificate.certificatePath)) { _ in
            .html("plain")
        } _: { world in
            try await body(world, secure)
        }
        try await secure.stop()
    }

    @Test func theCertificateIsCheckedByTheNameAlthoughTheAddressIsPinned() async throws {
        try await self.withTLS(certifiedName: "acme.example") { _ in
            .html("secure")
        } _: { world, secure in
            let page = try await world.homePage.fetch("acme.example").get()
            #expect(String(decoding: page.body, as: UTF8.self) == "secure")
            #expect(secure.requests.first?.host == "acme.example:\(secure.port)")
            #expect(world.web.connections == 0)
        }
    }

    @Test func aCertificateOfAnotherNameIsNotTaken() async throws {
        try await self.withTLS(certifiedName: "other.example") { _ in
            .html("secure")
        } _: { world, secure in
            let page = try await world.homePage.fetch("acme.example").get()
            #expect(String(decoding: page.body, as: UTF8.self) == "plain")
            #expect(secure.requests.isEmpty)
        }
    }

    @Test func aPageWithTLSDoesNotLeadToOneWithout() async throws {
        try await self.withTLS(certifiedName: "acme.example") { _ in
            .redirect("http://acme.example/")
        } _: { world, secure in
            // What is without TLS from the beginning is tried at last.
            let page = try await world.homePage.fetch("acme.example").get()
            #expect(String(decoding: page.body, as: UTF8.self) == "plain")
            #expect(secure.requests.count == 1)
            #expect(world.web.requests.map(\.path) == ["/"])
        }
    }
}
