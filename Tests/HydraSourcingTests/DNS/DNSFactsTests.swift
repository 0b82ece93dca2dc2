import HydraDataPoints
import HydraSourcing
import TestSupport
import Testing

/// MX and TXT records tell the mail provider and the tools in use.
@Suite struct DNSFactsTests {
    private func points(
        _ script: @escaping TestDNSServer.Script
    ) async throws -> (points: [String: DataPoint], error: String?) {
        let server = try await TestDNSServer.start(script)
        let sourcing = try CompanySourcing(nameServers: [server.address])
        let facts = await sourcing.look(up: "acme.example", in: [.dns], at: 1_000)
        sourcing.close()
        try await server.stop()
        let points = facts.points[.dns] ?? []
        return (Dictionary(uniqueKeysWithValues: points.map { ($0.name, $0) }), facts.errors[.dns])
    }

    @Test(arguments: [
        ("aspmx.l.google.com", "Google Workspace"), ("smtp.google.com", "Google Workspace"),
        ("acme-example.mail.protection.outlook.com", "Microsoft 365"), ("mx.zoho.eu", "Zoho Mail"),
        ("mx0a-001dcc01.pphosted.com", "Proofpoint"), ("eu-smtp-inbound-1.mimecast.com", "Mimecast"),
        ("in1-smtp.messagingengine.com", "Fastmail"), ("mail.protonmail.ch", "Proton Mail"),
        ("mx.yandex.net", "Yandex 360"), ("inbound-smtp.eu-west-1.amazonaws.com", "Amazon WorkMail"),
        ("mx1.emailsrvr.com", "Rackspace Email"), ("mx1.mail.ovh.net", "OVHcloud"),
        ("mx00.ionos.com", "IONOS"), ("mail.acme.example", "self-hosted"), ("mx.unheard.example", "unheard.example"),
        ("", "none"), ("notgoogle.com", "notgoogle.com"),
    ])
    func theMailProviderIsTold(host: String, provider: String) async throws {
        let found = try await self.points { $0.type == 15 ? .records([.mx(10, host)]) : .records([]) }
        #expect(found.error == nil)
        let point = try #require(found.points["company.mailProvider"])
        #expect(point.value == .text(provider))
        #expect(point.source == .dns)
        #expect(point.time == 1_000)
        #expect((0.5...0.95).contains(point.confidence))
    }

    @Test func tokensAndSPFTellTheTools() async throws {
        let found = try await self.points { question in
            guard question.type == 16 else { return .records([]) }
            if question.name == "_dmarc.acme.example" { return .records([.text("v=DMARC1; p = Reject; pct=100")]) }
            return .records([
                .text("google-site-verification=abc"), .text("MS=ms123"), .text("facebook-domain-verification=x"),
                .text("atlassian-domain-verification=x"), .text("docusign=1"), .text("pardot1011361=x"),
                .text("stripe-verification=x"), .text("slack-domain-verification=x"), .text("ZOOM_verify_abc"),
                .text("notion-domain-verification=x"), .text("onetrust-domain-verification=x"),
                .text("klaviyo-site-verification=x"), .text("unheard-of=1"),
                .text(
                    "V=SPF1 include:spf.mandrillapp.com include:mail.zendesk.com ?include:sendgrid.net "
                        + "include:12345.spf06.hubspotemail.net a:evilsendgrid.net include:notsendgrid.net ~all"
                ),
            ])
        }
        guard case .list(let tools) = found.points["company.tools"]?.value else {
            Issue.record("no tools: \(found)")
            return
        }
        #expect(
            tools == [
                "Atlassian", "DocuSign", "Google Search Console", "HubSpot", "Klaviyo", "Mailchimp", "Meta Business",
                "Microsoft 365", "Notion", "OneTrust", "Salesforce Pardot", "SendGrid", "Slack", "Stripe", "Zendesk",
                "Zoom",
            ]
        )
        #expect(found.points["company.hasSPF"]?.value == .bool(true))
        #expect(found.points["company.hasDMARC"]?.value == .bool(true))
        #expect(found.points["company.dmarcPolicy"]?.value == .text("reject"))
    }

    @Test func aBareDomainSaysSo() async throws {
        let found = try await self.points { _ in .records([]) }
        #expect(found.error == nil)
        #expect(found.points["company.hasSPF"]?.value == .bool(false))
        #expect(found.points["company.hasDMARC"]?.value == .bool(false))
        #expect(found.points["company.tools"] == nil)
    }

    @Test func whatIsNotKnownIsNotSaid() async throws {
        let noPolicy = try await self.points { $0.name.hasPrefix("_dmarc") ? .failure(2) : .records([]) }
        #expect(noPolicy.points["company.hasDMARC"] == nil)
        #expect(noPolicy.points["company.hasSPF"] != nil)
        let broken = try await self.points { $0.type == 15 ? .failure(2) : .records([]) }
        #expect(broken.points.isEmpty)
        #expect(broken.error == "no name server gives an answer")
        let gone = try await self.points { _ in .failure(3) }
        #expect(gone.error == "there is no such name")
    }

    @Test(arguments: ["corp.internal", "printer.local", "acme.lan", "a.localhost", "b.test", "168.192.in-addr.arpa"])
    func privateNamesAreNotAsked(domain: String) async throws {
        let server = try await TestDNSServer.start { _ in .records([]) }
        let sourcing = try CompanySourcing(nameServers: [server.address])
        let facts = await sourcing.look(up: domain, at: 0)
        sourcing.close()
        try await server.stop()
        #expect(facts.errors.count == 2)
        #expect(server.questions.isEmpty)
    }
}
