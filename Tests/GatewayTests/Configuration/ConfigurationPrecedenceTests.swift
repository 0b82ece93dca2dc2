import Logging
import Testing

@testable import Gateway

@Suite struct ConfigurationPrecedenceTests {
    private let file = """
        workers: 8
        log:
          level: notice
        limits: { eventBytes: 16KiB }
        allowedPeers: [10.0.0.1]
        sources:
          my-site:
            writeKey: file-write
            apiKey: file-api
            allowedOrigins: [https://WWW.example.org]
        """

    private func load(
        flags: [String: String] = [:],
        _ environment: [String: String] = [:]
    ) throws -> GatewayConfiguration {
        try GatewayConfiguration.load(text: self.file, name: "f.yaml", flags: flags, environment: environment)
    }

    @Test func theFileWinsOverTheDefaults() throws {
        let configuration = try self.load()
        #expect(configuration.workers == 8)
        #expect(configuration.log.level == .notice)
        #expect(configuration.limits.eventBytes == 16 << 10)
        #expect(configuration.limits.batchBytes == 1 << 20)
        #expect(configuration.sources.map(\.name) == ["my-site"])
        #expect(configuration.sources.first?.allowedOrigins == ["https://www.example.org"])
        #expect(configuration.sources.first?.ipPolicy == .truncate)
    }

    @Test func theEnvironmentWinsOverTheFile() throws {
        let configuration = try self.load([
            "HYDRA_GATEWAY_WORKERS": "16",
            "HYDRA_GATEWAY_LOG_LEVEL": "DEBUG",
            "HYDRA_GATEWAY_LIMITS_EVENT_BYTES": "8KiB",
            "HYDRA_GATEWAY_ALLOWED_PEERS": "10.0.0.2, 10.0.0.3",
            "HYDRA_GATEWAY_SOURCES_MY_SITE_IP_POLICY": "drop",
            "HYDRA_GATEWAY_SOURCES_MY_SITE_WRITE_KEY": "environment-write",
            "UNRELATED": "x",
        ])
        #expect(configuration.workers == 16)
        #expect(configuration.log.level == .debug)
        #expect(configuration.limits.eventBytes == 8 << 10)
        #expect(configuration.allowedPeers == ["10.0.0.2", "10.0.0.3"])
        #expect(configuration.sources.first?.ipPolicy == .drop)
        #expect(configuration.sources.first?.writeKeys == [Secret("environment-write")])
        #expect(configuration.sources.first?.apiKey == Secret("file-api"))
    }

    @Test func flagsWinOverTheEnvironment() throws {
        let configuration = try self.load(
            flags: ["workers": "2", "allowedPeers": "10.0.0.4 , 10.0.0.5", "log.level": "error"],
            ["HYDRA_GATEWAY_WORKERS": "16", "HYDRA_GATEWAY_ALLOWED_PEERS": "10.0.0.2"]
        )
        #expect(configuration.workers == 2)
        #expect(configuration.allowedPeers == ["10.0.0.4", "10.0.0.5"])
        #expect(configuration.log.level == .error)
    }

    @Test func anEmptyVariableIsNotSet() throws {
        #expect(try self.load(["HYDRA_GATEWAY_WORKERS": ""]).workers == 8)
    }

    @Test func aVariableReplacesAKeyThatTheFileHasInAnotherForm() throws {
        let folder = try ConfigurationFolder()
        let path = try folder.write("key", "from-file\n")
        let text = """
            sources:
              web: { writeKeyFile: \(path), apiKeyEnv: THE_API_KEY }
            """
        let file = try GatewayConfiguration.load(text: text, name: "f", environment: ["THE_API_KEY": "from-variable"])
        #expect(file.sources.first?.writeKeys == [Secret("from-file")])
        #expect(file.sources.first?.apiKey == Secret("from-variable"))
        let environment = try GatewayConfiguration.load(
            text: text,
            name: "f",
            environment: ["THE_API_KEY": "x", "HYDRA_GATEWAY_SOURCES_WEB_WRITE_KEY": "direct"]
        )
        #expect(environment.sources.first?.writeKeys == [Secret("direct")])
    }

    @Test func aGatewayNeedsNoFile() throws {
        let configuration = try GatewayConfiguration.load(
            file: nil,
            flags: ["log.level": "warning"],
            environment: [
                "HYDRA_GATEWAY_SOURCES": "web, app",
                "HYDRA_GATEWAY_SOURCES_WEB_WRITE_KEY": "one", "HYDRA_GATEWAY_SOURCES_WEB_API_KEY": "key",
                "HYDRA_GATEWAY_SOURCES_APP_WRITE_KEY": "two", "HYDRA_GATEWAY_SOURCES_APP_API_KEY": "key",
                "HYDRA_GATEWAY_CONFIG": "/etc/hydra-gateway.yaml",
            ]
        )
        #expect(configuration.sources.map(\.name) == ["web", "app"])
        #expect(configuration.sources.flatMap(\.writeKeys) == [Secret("one"), Secret("two")])
    }

    @Test func variablesAreSpelledAsTheProviderSpellsThem() throws {
        // Every setting is settable by the name that mistakes would give it.
        #expect(SettingName.variable(["hydra", "caFile"]) == "HYDRA_GATEWAY_HYDRA_CA_FILE")
        #expect(
            SettingName.variable(["sources", "my-site_2", "hydraUrl"]) == "HYDRA_GATEWAY_SOURCES_MY_SITE_2_HYDRA_URL"
        )
        #expect(SettingName.flag(["spool", "minimumFreeBytes"]) == "--spool-minimum-free-bytes")
        let configuration = try self.load([
            SettingName.variable(["sources", "my-site", "hydraUrl"]): "https://other.example.org/",
            SettingName.variable(["spool", "minimumFreeBytes"]): "1GiB",
        ])
        #expect(configuration.sources.first?.hydraURL == "https://other.example.org")
        #expect(configuration.spool.minimumFreeBytes == 1 << 30)
    }

    @Test func keysWithoutAValueKeepTheirDefaults() throws {
        let configuration = try GatewayConfiguration.load(
            text:
                "log:\nworkers:\nlimits: ~\nhydra: {caFile: null}\nsources: {a: {writeKey: w, apiKey: k, enabled: }}\n",
            name: "f"
        )
        #expect(configuration.workers == 4)
        #expect(configuration.hydra.caFile == nil)
        #expect(configuration.sources.first?.enabled == true)
    }

    @Test func anchorsMayBeUsed() throws {
        let configuration = try GatewayConfiguration.load(
            text: """
                sources:
                  a: { writeKey: w1, apiKey: &key k, allowedOrigins: &origins [https://a.example] }
                  b: { writeKey: w2, apiKey: *key, allowedOrigins: *origins }
                """,
            name: "f"
        )
        #expect(configuration.sources.last?.apiKey == Secret("k"))
        #expect(configuration.sources.last?.allowedOrigins == ["https://a.example"])
    }
}
