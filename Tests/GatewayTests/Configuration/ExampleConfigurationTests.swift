import Testing

@testable import Gateway

@Suite struct ExampleConfigurationTests {
    private let folder: ConfigurationFolder
    /// The example, with the files that it names in a directory that is there.
    private let text: String

    init() throws {
        self.folder = try ConfigurationFolder()
        let directory = self.folder.path
        for (name, key) in [("write-key", "a-write-key"), ("hydra-api-key", "an-api-key")] {
            _ = try self.folder.write(name, key)
        }
        self.text = GatewayConfiguration.example
            .replacing("/etc/hydra-gateway/", with: directory + "/")
            .replacing("/var/log/hydra-gateway/", with: directory + "/")
    }

    @Test func loadsWithoutMistakesAndIsTheDefaults() throws {
        let example = try GatewayConfiguration.load(text: self.text, name: "example.yaml")
        var expected = GatewayConfiguration()
        expected.log.file = self.folder.path + "/gateway.jsonl"
        var source = SourceSettings(name: "web")
        source.writeKeys = [Secret("a-write-key")]
        source.apiKey = Secret("an-api-key")
        expected.sources = [source]
        expected.files = [self.folder.path + "/write-key", self.folder.path + "/hydra-api-key"]
        #expect(example == expected)
        #expect(example.warnings.isEmpty)
    }

    @Test func hasEverySetting() throws {
        let document = try ConfigurationDocument(parsing: self.text, name: "example.yaml")
        var reading = ConfigurationLoader(document: document, flags: [:], environment: [:])
        _ = try reading.load()
        // The other forms of a secret are told of in words.
        let missing = reading.known.filter { path in
            document.entries[path] == nil && !["writeKey", "apiKey"].contains(path.last)
                && path.last?.hasSuffix("File") != true && path.last?.hasSuffix("Env") != true
        }
        #expect(missing.isEmpty)
    }

    @Test func saysOfEverySettingWhatItIs() {
        let lines = GatewayConfiguration.example.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count <= 124 })
        #expect(lines.count(where: { $0.drop { $0 == " " }.hasPrefix("#") }) > 60)
    }
}
