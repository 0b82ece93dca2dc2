import Testing

@testable import Gateway

@Suite struct ExampleConfigurationTests {
    @Test func loadsWithoutMistakesAndIsTheDefaults() throws {
        let example = try GatewayConfiguration.load(text: GatewayConfiguration.example, name: "example.yaml")
        var expected = GatewayConfiguration()
        var source = SourceSettings(name: "web")
        source.writeKey = Secret("demo-write-key")
        source.apiKey = Secret("demo-api-key")
        expected.sources = [source]
        #expect(example == expected)
        #expect(example.warnings.isEmpty)
    }

    @Test func hasEverySetting() throws {
        let document = try ConfigurationDocument(parsing: GatewayConfiguration.example, name: "example.yaml")
        var reading = ConfigurationLoader(document: document, flags: [:], environment: [:])
        _ = try reading.load()
        // The other forms of a secret are told of in words.
        let missing = reading.known.filter { path in
            document.entries[path] == nil && path.last?.hasSuffix("File") != true && path.last?.hasSuffix("Env") != true
        }
        #expect(missing.isEmpty)
    }

    @Test func saysOfEverySettingWhatItIs() {
        let lines = GatewayConfiguration.example.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count <= 120 })
        #expect(lines.count(where: { $0.drop { $0 == " " }.hasPrefix("#") }) > 60)
    }
}
