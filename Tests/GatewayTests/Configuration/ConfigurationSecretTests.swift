import Segment
import Testing

@testable import Gateway

@Suite struct ConfigurationSecretTests {
    private let secret = "s3cret-do-not-show"

    @Test func nothingPrintsASecret() throws {
        let configuration = try GatewayConfiguration.load(
            text: "sources: {a: {writeKey: \(self.secret), apiKey: \(self.secret)2, webhookSecret: \(self.secret)3}}",
            name: "f"
        )
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains(self.secret))
            #expect(text.contains("my-site") || text.contains("\"a\""))
        }
        #expect(configuration.sources.first?.writeKeys.first?.value == self.secret)
    }

    @Test(arguments: [
        "sources: {a: {writeKey: \"SECRET with blank\", apiKey: k}}",
        "sources: {a: {writeKey: SECRET, apiKey: \"SECRET:colon\"}}",
        "sources: {a: {writeKey: SECRET, apiKey: k}, b: {writeKey: SECRET, apiKey: k}}",
        "sources: {a: {writeKey: [SECRET], apiKey: k}}",
        "sources: {a: SECRET}",
        "sources:\n  a: {writeKey: SECRET, apiKey: k\n",
        "sources:\n  a: {writeKeyEnv: THE_KEY, apiKey: k}",
        "sources:\n  a:\n    writeKey: SECRET\n    writeKey: SECRET\n    apiKey: k",
    ])
    func noMistakeShowsASecret(text: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try GatewayConfiguration.load(
                text: text.replacing("SECRET", with: self.secret),
                name: "f",
                environment: ["THE_KEY": self.secret + " with blank"]
            )
        }
        #expect(try #require(error).description.contains(self.secret) == false)
    }

    @Test func aFilesLastLineFeedIsNotPartOfTheKey() throws {
        let folder = try ConfigurationFolder()
        for (index, text) in ["key-1", "key-1\n", "key-1\r\n", "key-1\n\n"].enumerated() {
            let path = try folder.write("key\(index)", text)
            let configuration = try GatewayConfiguration.load(
                text: "sources: {a: {writeKeyFile: \(path), apiKey: k}}",
                name: "f"
            )
            #expect(configuration.sources.first?.writeKeys.first?.value == "key-1")
            #expect(configuration.warnings.isEmpty)
        }
    }

    @Test func aSourceHasSeveralWriteKeysWhileOneReplacesAnother() throws {
        let folder = try ConfigurationFolder()
        let file = try folder.write("keys", "new\nold\n\n")
        let forms = [
            "writeKeyFile: \(file)", "writeKeys: [new, old]", "{writeKey: new, writeKeys: [old]}",
        ]
        for form in forms {
            let keys = form.hasPrefix("{") ? String(form.dropFirst().dropLast()) : form
            let configuration = try GatewayConfiguration.load(text: "sources: {a: {\(keys), apiKey: k}}", name: "f")
            #expect(configuration.sources.first?.writeKeys == [Secret("new"), Secret("old")], "\(form)")
            let registry = SourceRegistry(configuration.makeSources(keeping: []))
            for key in ["new", "old"] {
                #expect(registry.source(writeKey: try #require(WriteKey(key)))?.name == "a")
            }
        }
        let error = #expect(throws: ConfigurationError.self) {
            try GatewayConfiguration.load(
                text: "sources: {a: {writeKey: x, writeKeys: [x], apiKey: k}, b: {writeKeys: [x], apiKey: k}}",
                name: "f"
            )
        }
        let text = try #require(error).description
        #expect(text.contains("sources.a.writeKeys: stands twice"), "\(text)")
        #expect(text.contains("sources.b.writeKeys: is a write key of source a as well"), "\(text)")
    }

    @Test func emptyAndUnusableFilesAreClearMistakes() throws {
        let folder = try ConfigurationFolder()
        let empty = try folder.write("empty", "\n")
        let odd = try folder.write("odd", "two words\n")
        let text =
            "sources:\n  a:\n    writeKeyFile: \(empty)\n    apiKeyFile: \(odd)\n    webhookSecretFile: \(folder.path)\n"
        let error = #expect(throws: ConfigurationError.self) { try GatewayConfiguration.load(text: text, name: "f") }
        #expect(
            error?.mistakes.map(\.description) == [
                "f:3: sources.a.writeKeyFile: \(empty) is empty; put the key into it",
                "f:4: sources.a.apiKeyFile: what \(odd) holds is not allowed; use 1 to 512 printable ASCII characters "
                    + "without blanks and colons",
                "f:5: sources.a.webhookSecretFile: \(folder.path) is not a file",
            ]
        )
    }

    @Test func aFileThatOthersCanReadIsAWarning() throws {
        let folder = try ConfigurationFolder()
        let key = try folder.write("key", "w\n", mode: 0o644)
        let text = "sources:\n  a:\n    writeKeyFile: \(key)\n    apiKey: k\n"
        let file = try folder.write("gateway.yaml", text, mode: 0o644)
        let configuration = try GatewayConfiguration.load(file: file)
        #expect(
            configuration.warnings.map(\.description) == [
                "\(file):3: sources.a.writeKeyFile: \(key) can be read by every user of this machine; take that right away "
                    + "(chmod 640)",
                "\(file): holds keys and can be read by every user of this machine; take that right away (chmod 640)",
            ]
        )
    }

    @Test func clearTextToAnotherMachineIsAWarning() throws {
        let configuration = try GatewayConfiguration.load(
            text: "hydra: {url: \"http://hydra.example.org/\"}\nsources: {a: {writeKey: w, apiKey: k}}",
            name: "f"
        )
        #expect(configuration.hydra.url == "http://hydra.example.org")
        #expect(configuration.warnings.map(\.key) == ["hydra.url"])
        let local = try GatewayConfiguration.load(
            text: "hydra: {url: \"http://[::1]:8444\"}\nsources: {a: {writeKey: w, apiKey: k}}",
            name: "f"
        )
        #expect(local.warnings.isEmpty)
    }
}
