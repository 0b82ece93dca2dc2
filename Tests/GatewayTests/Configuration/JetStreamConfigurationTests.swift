import Logging
import Spool
import SpoolJetStream
import Testing

@testable import Gateway

/// `spool: nats://…` and what goes with it.
@Suite struct JetStreamConfigurationTests {
    private static let sources = "sources: {a: {writeKey: w, apiKey: k}}"

    private func load(
        _ text: String,
        flags: [String: String] = [:],
        _ environment: [String: String] = [:]
    ) throws(ConfigurationError) -> GatewayConfiguration {
        try GatewayConfiguration.load(
            text: "\(text)\n\(Self.sources)\n",
            name: "g.yaml",
            flags: flags,
            environment: environment
        )
    }

    private func mistakes(_ text: String, _ environment: [String: String] = [:]) -> [String] {
        do throws(ConfigurationError) {
            _ = try self.load(text, environment)
            return []
        } catch {
            return error.mistakes.map(\.description)
        }
    }

    @Test(arguments: [
        ("spool: nats://a:4222,b:4222,c:4222", ["nats://a:4222", "nats://b:4222", "nats://c:4222"]),
        ("spool: nats://a", ["nats://a:4222"]),
        ("spool: TLS://A.example.org:1,tls://[::1]:2", ["tls://a.example.org:1", "tls://[::1]:2"]),
        ("spool: {url: \"nats://127.0.0.1:4222,127.0.0.1:4223\"}", ["nats://127.0.0.1:4222", "nats://127.0.0.1:4223"]),
        ("spool:\n  url: nats://a:4222,b:4222", ["nats://a:4222", "nats://b:4222"]),
    ])
    func readsServers(text: String, expected: [String]) throws {
        let configuration = try self.load(text)
        #expect(configuration.spool.jetStream == JetStreamSettings(servers: expected))
        #expect(configuration.spool.directory == "/var/lib/hydra-gateway/spool")
    }

    @Test func readsEverySetting() throws {
        let folder = try ConfigurationFolder()
        let certificate = try folder.write("c.pem", "-----BEGIN CERTIFICATE-----\n")
        let key = try folder.write("k.pem", "-----BEGIN EC PRIVATE KEY-----\n")
        let configuration = try self.load(
            """
            spool:
              directory: /srv/hydra
              url: tls://a:4222,b:4222
              user: gateway
              password: s3cret
              caFile: \(certificate)
              certificateFile: \(certificate)
              keyFile: \(key)
              name: hydra-2
              partitions: 16
              replicas: 5
              maximumBytes: 100GiB
              deduplicationWindow: 1h
            """
        )
        var expected = JetStreamSettings(servers: ["tls://a:4222", "tls://b:4222"])
        expected.user = "gateway"
        expected.password = Secret("s3cret")
        expected.caFile = certificate
        expected.certificateFile = certificate
        expected.keyFile = key
        expected.name = "hydra-2"
        expected.partitions = 16
        expected.replicas = 5
        #expect(configuration.spool.jetStream == expected)
        #expect(configuration.spool.maximumBytes == 100 << 30)
        #expect(configuration.spool.deduplicationWindow == .seconds(3600))
        #expect(configuration.figuresDirectory == "/srv/hydra/figures")
        #expect(configuration.warnings.isEmpty)
        #expect(
            configuration.summary.contains(
                "spool        tls://a:4222,tls://b:4222, 16 partitions hydra-2, 5 copies, up to 100.0 GiB"
            )
        )
    }

    @Test func variablesWinOverTheFile() throws {
        let environment = ["HYDRA_GATEWAY_SPOOL_URL": "nats://127.0.0.1", "HYDRA_GATEWAY_SPOOL_TOKEN": "t"]
        for text in ["spool: nats://a", "spool: {url: nats://a}", "spool: {directory: /srv}"] {
            let configuration = try self.load(text, environment)
            #expect(configuration.spool.jetStream?.servers == ["nats://127.0.0.1:4222"])
            #expect(configuration.spool.jetStream?.token == Secret("t"))
        }
        let secret = ["THE_PASSWORD": "from-the-environment"]
        let configuration = try self.load("spool: {url: nats://localhost, user: u, passwordEnv: THE_PASSWORD}", secret)
        #expect(configuration.spool.jetStream?.password == Secret("from-the-environment"))
    }

    private static let servers =
        "use nats:// or tls:// with one or several servers, such as nats://a:4222,b:4222,c:4222"

    @Test(arguments: [
        ("spool: /var/spool", "spool: \"/var/spool\" is not allowed; \(Self.servers)"),
        ("spool: http://a:4222", "spool: \"http://a:4222\" is not allowed; \(Self.servers)"),
        ("spool: {url: \"nats://a,,b\"}", "spool.url: \"nats://a,,b\" is not allowed; \(Self.servers)"),
        ("spool: {url: \"nats://a:99999\"}", "spool.url: \"nats://a:99999\" is not allowed; \(Self.servers)"),
        ("spool: {url: \"nats://a/stream\"}", "spool.url: \"nats://a/stream\" is not allowed; \(Self.servers)"),
        ("spool: {url: \"nats://a,tls://b\"}", "spool.url: mixes nats:// and tls://; use one of them for all servers"),
        ("spool: {url: \"nats://a,A:4222\"}", "spool.url: nats://a:4222 stands twice"),
        (
            "spool: {url: \"nats://me:s3cret@a\"}",
            "spool.url: must not hold a user and a password; put them into spool.user and spool.password (or "
                + "passwordFile, passwordEnv)"
        ),
        ("spool: [nats://a]", "spool: must be a group of settings, each on a line of its own below it"),
        (
            "spool: {partitions: 4}",
            "spool.partitions: needs spool.url, such as nats://a:4222,b:4222,c:4222; without it the spool is files in "
                + "spool.directory"
        ),
        (
            "spool: {passwordFile: /etc/password}",
            "spool.passwordFile: /etc/password cannot be read: No such file or directory"
        ),
        (
            "spool: {url: nats://a, partitions: 0}",
            "spool.partitions: \"0\" is not allowed; use a whole number from 1 to 64"
        ),
        ("spool: {url: nats://a, replicas: 2}", "spool.replicas: \"2\" is not allowed; use 1, 3 or 5"),
        (
            "spool: {url: nats://a, name: hydra.calls}",
            "spool.name: \"hydra.calls\" is not allowed; use 1 to 32 letters, digits, underscores or dashes"
        ),
        ("spool: {url: nats://a, user: u}", "spool.user: needs one of password, passwordFile, passwordEnv"),
        ("spool: {url: nats://a, password: p}", "spool.password: needs spool.user"),
        (
            "spool: {url: nats://a, user: u, password: p, token: t}",
            "spool.token: is a second way to log in; give only one of credentialsFile, user, token"
        ),
        (
            "spool: {url: nats://a, token: t, tokenEnv: T}",
            "spool.tokenEnv: is a second form of the same; give only one of token, tokenFile, tokenEnv"
        ),
        (
            "spool: {url: nats://a, credentialsFile: /no/such.creds}",
            "spool.credentialsFile: /no/such.creds cannot be read: No such file or directory"
        ),
        (
            "spool: {url: tls://a, caFile: /no/such.pem}",
            "spool.caFile: /no/such.pem cannot be read: No such file or directory"
        ),
        (
            "spool: {url: tls://a, certificateFile: c.pem}",
            "spool.certificateFile: \"c.pem\" is not allowed; use an absolute path, such as /var/lib/hydra-gateway"
        ),
        ("spool: {url: nats://a, replica: 3}", "spool.replica: is not a setting; did you mean replicas?"),
    ])
    func oneMistakeIsOneLine(text: String, expected: String) {
        #expect(self.mistakes(text) == ["g.yaml:1: \(expected)"])
    }

    @Test func certificatesBelongTogetherAndToTLS() throws {
        let folder = try ConfigurationFolder()
        let certificate = try folder.write("c.pem", "-----BEGIN CERTIFICATE-----\n")
        let text = try folder.write("text", "text\n")
        #expect(
            self.mistakes("spool:\n  url: nats://a\n  caFile: \(certificate)") == [
                "g.yaml:3: spool.caFile: needs tls:// in spool.url"
            ]
        )
        #expect(
            self.mistakes("spool:\n  url: tls://a\n  certificateFile: \(certificate)") == [
                "g.yaml:3: spool.certificateFile: needs spool.keyFile"
            ]
        )
        #expect(
            self.mistakes(
                "spool:\n  url: tls://a\n  certificateFile: \(text)\n  keyFile: \(text)\n  credentialsFile: \(text)"
            ) == [
                "g.yaml:3: spool.certificateFile: \(text) holds no PEM certificate",
                "g.yaml:4: spool.keyFile: \(text) holds no PEM private key",
                "g.yaml:5: spool.credentialsFile: \(text) holds no credentials; use the .creds file of a user, as nsc "
                    + "makes it",
            ]
        )
    }

    @Test func whatHasNoEffectOrIsRiskyIsAWarning() throws {
        let configuration = try self.load(
            """
            spool:
              url: nats://a,b
              user: u
              password: p
              replicas: 1
              minimumFreeBytes: 1GiB
              deduplicationMaximum: 1000
            """
        )
        #expect(
            configuration.warnings.map(\.description) == [
                "g.yaml:5: spool.replicas: keeps each call on one server: what that loses is lost",
                "g.yaml:2: spool.url: sends the password and all events unencrypted to other machines; use tls",
                "g.yaml:6: spool.minimumFreeBytes: has no effect with spool.url: it is for a spool in files",
                "g.yaml:7: spool.deduplicationMaximum: has no effect with spool.url: it is for a spool in files",
            ]
        )
        #expect(try self.load("spool: nats://127.0.0.1:4222,localhost:4223").warnings.isEmpty)
        let plain = try self.load("spool: nats://a")
        #expect(
            plain.warnings.map(\.description) == [
                "g.yaml:1: spool: sends all events unencrypted to other machines; use tls"
            ]
        )
    }

    @Test(arguments: [
        "spool: {url: nats://a, user: u, password: [SECRET]}",
        "spool: {url: \"nats://u:SECRET@a\"}",
        "spool: nats://SECRET@a",
        "spool: {url: nats://a, password: SECRET, passwordEnv: THE_PASSWORD}",
        "spool: {url: nats://a, user: u, passwordEnv: THE_PASSWORD}",
        "spool: {password: SECRET}",
    ])
    func noMistakeShowsASecret(text: String) throws {
        let secret = "s3cret-do-not-show"
        let error = #expect(throws: ConfigurationError.self) {
            try GatewayConfiguration.load(
                text: "\(text.replacing("SECRET", with: secret))\n\(Self.sources)\n",
                name: "f",
                environment: ["THE_PASSWORD": String(repeating: secret, count: 100)]
            )
        }
        #expect(try #require(error).description.contains(secret) == false)
    }

    @Test func nothingPrintsASecret() throws {
        let secret = "s3cret-do-not-show"
        for login in ["user: u, password: \(secret)", "token: \(secret)"] {
            let configuration = try self.load("spool: {url: nats://a, \(login)}")
            var dumped = ""
            dump(configuration, to: &dumped)
            for printed in ["\(configuration)", String(reflecting: configuration), dumped, configuration.summary] {
                #expect(!printed.contains(secret))
            }
        }
    }

    @Test func theEngineIsToldEverything() throws {
        let configuration = try self.load(
            """
            spool:
              url: nats://localhost:1,localhost:2
              user: u
              password: p
              name: other
              partitions: 4
              replicas: 1
              maximumBytes: 1GiB
              deduplicationWindow: 1h
              rejectedMaximum: 5
            """
        )
        let engine = try #require(configuration.spool.jetStream).configuration(of: configuration.spool)
        #expect(engine.servers == ["nats://localhost:1", "nats://localhost:2"])
        #expect(engine.user == "u")
        #expect(engine.password == "p")
        #expect(engine.token == nil)
        #expect(engine.name == "other")
        #expect(engine.partitions == 4)
        #expect(engine.replicas == 1)
        #expect(engine.maximumBytes == 1 << 30)
        #expect(engine.dedupeWindow == .seconds(3600))
        #expect(engine.rejectedMaximum == 5)
    }

    @Test func serversThatAreNotThereAreToldAtTheStart() throws {
        let folder = try ConfigurationFolder()
        // A port of this machine that nobody listens on; never files instead.
        let configuration = try self.load("spool: {url: \"nats://127.0.0.1:1\", directory: \(folder.path)/spool}")
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let error = #expect(throws: GatewayStartError.self) { try configuration.openSpool(logger: logger) }
        #expect(error?.message.contains("127.0.0.1:1") == true)
    }
}
