import JSON
import Segment
import Testing

struct SettingsDocumentTests {
    private func document() throws -> JSONValue {
        let key = try #require(WriteKey("demo \"key\""))
        return try JSONParser().parse(SettingsDocument.json(writeKey: key, apiHost: "events.example.com/v1")).root
    }

    @Test("Segment.io is the only integration, with the key and the host")
    func integration() throws {
        let integrations = try #require(try document()["integrations"])
        #expect(integrations.members.map(\.key.string) == ["Segment.io"])
        let segment = try #require(integrations["Segment.io"])
        #expect(segment["apiKey"]?.string == "demo \"key\"")
        #expect(segment["apiHost"]?.string == "events.example.com/v1")
        #expect(segment["retryQueue"]?.bool == true)
        #expect(segment["unbundledIntegrations"]?.isArray == true)
        #expect(segment["addBundledMetadata"]?.bool == true)
    }

    @Test("Everything that SDKs look for is there")
    func members() throws {
        let root = try document()
        #expect(
            root.members.map(\.key.string) == [
                "integrations", "plan", "edgeFunction", "analyticsNextEnabled", "middlewareSettings",
                "enabledMiddleware",
                "metrics", "legacyVideoPluginsEnabled", "remotePlugins", "httpConfig",
            ]
        )
        #expect(root["plan"]?.rawString == #"{"track":{},"identify":{},"group":{}}"#)
        #expect(root["metrics"]?.rawString == #"{"sampleRate":0}"#)
    }

    @Test("Waiting is configured in both places where SDKs look, within what they accept")
    func httpConfig() throws {
        let root = try document()
        let config = try #require(root["httpConfig"])
        #expect(root["integrations"]?["Segment.io"]?["httpConfig"]?.rawString == config.rawString)
        #expect(config["rateLimitConfig"]?["enabled"]?.bool == true)
        let backoff = try #require(config["backoffConfig"])
        #expect(backoff["enabled"]?.bool == true)
        // analytics-swift draws from an empty range at 0.
        #expect((1...50).contains(try #require(backoff["jitterPercent"]?.int64)))
        #expect((1...100).contains(try #require(backoff["maxRetryCount"]?.int64)))
        #expect(backoff["statusCodeOverrides"]?["429"]?.string == "retry")
    }

    @Test("The answer may be cached for a minute")
    func answer() throws {
        let answer = SettingsDocument.answer(writeKey: try #require(WriteKey("k")), apiHost: "h")
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "application/json")
        #expect(answer.header("Cache-Control") == "public, max-age=60")
    }
}
