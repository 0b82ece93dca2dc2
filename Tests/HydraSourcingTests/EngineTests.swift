import Foundation
import HydraEngine
import HydraSourcing
import JSON
import TestSupport
import Testing

/// From a call that names a company to what the network says of it, with nothing in between made up but the network.
@Suite struct EngineTests {
    private struct Unobserved: APIObserver {
        func handled(_ call: HandledCall) {}
        func answered(_ request: AnsweredRequest) {}
    }

    private static let page = """
        <title>Acme</title><meta property="og:site_name" content="Acme Sons">
        <script type="application/ld+json">{"@type":"Organization","name":"Acme Sons","numberOfEmployees":250}</script>
        """

    @Test(.timeLimit(.minutes(1)))
    func aNamedCompanyIsLookedUpInTheBackground() async throws {
        let names = World.Names { question in
            switch question.type {
            case 15: .records([.mx(1, "in1-smtp.messagingengine.com")])
            case 16: .records([.text("slack-domain-verification=x")])
            default: nil
            }
        }
        try await World.with(names: names) { _ in
            .html(Self.page)
        } _: { world in
            let directory = try TemporaryDirectory()
            let sourcing = try CompanySourcing(nameServers: [world.dns.address], allowance: world.allowance)
            defer { sourcing.close() }
            var options = EngineOptions()
            options.lookup = sourcing
            let engine = try Engine(directory: directory.path, options: options)
            defer { engine.close() }
            let keys = try KeyStore(directory: directory.path)
            let key = try keys.create(account: "default", name: "test").secret.value
            keys.close()
            let api = HydraAPI(engine: engine, observer: Unobserved())
            func send(_ method: String, _ path: String, _ body: String = "") async throws -> JSONValue {
                let request = APIRequest(
                    method: method,
                    path: path,
                    authorization: "Basic " + Data("\(key):".utf8).base64EncodedString(),
                    requestID: "test",
                    body: Array(body.utf8)
                )
                let answer = await withCheckedContinuation { continuation in
                    api.answer(request) { continuation.resume(returning: $0) }
                }
                #expect(answer.status == 200, "\(path): \(String(decoding: answer.body, as: UTF8.self))")
                return try JSONParser().parse(answer.body).root
            }
            _ = try await send("PATCH", "/v1/settings/sourcing", #"{"dns":true,"homePage":true}"#)
            let call = """
                {"type":"identify","messageId":"m","timestamp":"2026-01-02T03:04:05.000Z","userId":"u",
                "traits":{"email":"a@acme.example"}}
                """
            _ = try await send("POST", "/v1/identify", call)
            var points: [String: JSONValue] = [:]
            let end = ContinuousClock.now + .seconds(30)
            while points["company.tools"] == nil, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(20))
                let list = try await send("GET", "/v1/companies")
                let id = list["items"]?.elements.first { _ in true }?["id"]?.string ?? ""
                guard !id.isEmpty else { continue }
                let company = try await send("GET", "/v1/companies/\(id)")
                points = Dictionary(
                    uniqueKeysWithValues: company["dataPoints"]?.elements.map { ($0["name"]?.string ?? "", $0) } ?? []
                )
            }
            #expect(points["company.tools"]?["value"]?.rawString == #"["Slack"]"#)
            #expect(points["company.mailProvider"]?["value"]?.string == "Fastmail")
            #expect(points["company.name"]?["value"]?.string == "Acme Sons")
            #expect(points["company.name"]?["source"]?.string == "home_page")
            #expect(points["company.name"]?["confidence"]?.double == 0.85)
            #expect(points["company.employees"]?["value"]?.int64 == 250)
            #expect(points["company.hasSPF"]?["value"]?.bool == false)
            let settings = try await send("GET", "/v1/settings/sourcing")
            #expect(settings["lastError"]?.isNull == true)
            #expect(settings["cachedDomains"]?.int64 == 1)
        }
    }
}
