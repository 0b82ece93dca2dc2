import Foundation
import Spool
import TestSupport
import Testing

@testable import SpoolJetStream

/// How servers and gateways come to trust each other: TLS either way, users, tokens and credentials; and what an operator is
/// told at the start when one of it is wrong.
@Suite(.timeLimit(.minutes(2)))
struct AccessTests {
    let directory: TemporaryDirectory

    init() throws {
        self.directory = try TemporaryDirectory()
    }

    private func certificate(_ file: String, name: String = "localhost") throws -> TestCertificate {
        let path = self.directory.file(file)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return try TestCertificate(in: path, name: name)
    }

    private static func tls(_ certificate: TestCertificate, _ more: String = "") -> String {
        "tls { cert_file: \"\(certificate.certificatePath)\", key_file: \"\(certificate.keyPath)\", timeout: 5, \(more) }"
    }

    /// Opens a spool, stores a call and reads it.
    private func use(_ fixture: JetStreamFixture, _ change: (inout JetStreamSpoolConfiguration) -> Void) async throws {
        let spool = try fixture.open(change)
        try await spool.append([.make("1")])
        let ids = try await withSession(spool) { try await $0.allFresh().map(\.id) }
        #expect(ids == [1])
    }

    /// What an operator is told when the spool cannot be opened; it must never hold a secret.
    private func refusal(
        _ fixture: JetStreamFixture,
        _ change: (inout JetStreamSpoolConfiguration) -> Void
    ) -> SpoolError? {
        let started = ContinuousClock.now
        let error = #expect(throws: SpoolError.self) { _ = try fixture.open(change) }
        #expect(ContinuousClock.now - started < .seconds(10))
        #expect(error?.message.contains("secret") == false)
        return error
    }

    private func port(_ fixture: JetStreamFixture) -> UInt16 { fixture.server.options.port }

    // MARK: TLS

    @Test(arguments: ["localhost", "127.0.0.1"])
    func aServerIsTrustedByItsAuthorityAndName(_ host: String) async throws {
        let certificate = try self.certificate("a")
        let fixture = try JetStreamFixture(extra: Self.tls(certificate))
        try await self.use(fixture) {
            $0.servers = ["tls://\(host):\(self.port(fixture))"]
            $0.caFile = certificate.certificatePath
        }
    }

    @Test
    func aServerOfAnotherAuthorityIsAnErrorAtTheStart() throws {
        let fixture = try JetStreamFixture(extra: Self.tls(try self.certificate("a")))
        let other = try self.certificate("b")
        let error = self.refusal(fixture) {
            $0.servers = ["tls://localhost:\(self.port(fixture))"]
            $0.caFile = other.certificatePath
        }
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains("tls://localhost:\(self.port(fixture))") == true)
        #expect(error?.message.contains("spool.caFile") == true)
    }

    /// Without a CA file the system's authorities count, and a certificate that is its own authority is none of them.
    @Test
    func withoutAnAuthorityTheSystemsCount() throws {
        let fixture = try JetStreamFixture(extra: Self.tls(try self.certificate("a")))
        let error = self.refusal(fixture) { $0.servers = ["tls://localhost:\(self.port(fixture))"] }
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains("spool.caFile") == true)
    }

    @Test(arguments: [("localhost", "127.0.0.1"), ("127.0.0.2", "127.0.0.2")])
    func aServerOfAnotherNameIsAnErrorAtTheStart(host: String, address: String) throws {
        let certificate = try self.certificate("a", name: "nats.example.org")
        let fixture = try JetStreamFixture(extra: Self.tls(certificate), host: address)
        let error = self.refusal(fixture) {
            $0.servers = ["tls://\(host):\(self.port(fixture))"]
            $0.caFile = certificate.certificatePath
        }
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains("\(host):\(self.port(fixture))") == true)
        #expect(error?.message.contains("name") == true)
    }

    @Test
    func aServerThatWantsTLSIsAnErrorWithoutIt() throws {
        let fixture = try JetStreamFixture(extra: Self.tls(try self.certificate("a")))
        let error = self.refusal(fixture) { $0.servers = ["nats://localhost:\(self.port(fixture))"] }
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains("tls://") == true)
    }

    @Test
    func aServerWithoutTLSIsAnErrorWithIt() throws {
        let fixture = try JetStreamFixture()
        let certificate = try self.certificate("a")
        let error = self.refusal(fixture) {
            $0.servers = ["tls://localhost:\(self.port(fixture))"]
            $0.caFile = certificate.certificatePath
        }
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains("nats://") == true)
    }

    @Test
    func filesThatAreNoCertificatesAreErrorsAtTheStart() throws {
        let fixture = try JetStreamFixture()
        let (mine, other) = (try self.certificate("a"), try self.certificate("b"))
        let rubbish = self.directory.file("rubbish.pem")
        try "-----BEGIN CERTIFICATE-----\nrubbish\n".write(toFile: rubbish, atomically: true, encoding: .utf8)
        let url = "tls://localhost:\(self.port(fixture))"
        let cases: [(file: String, change: (inout JetStreamSpoolConfiguration) -> Void)] = [
            (rubbish, { $0.caFile = rubbish }),
            ("/no/such/ca.pem", { $0.caFile = "/no/such/ca.pem" }),
            (
                other.keyPath,
                {
                    $0.certificateFile = mine.certificatePath
                    $0.keyFile = other.keyPath
                }
            ),
            (rubbish, { ($0.certificateFile, $0.keyFile) = (rubbish, mine.keyPath) }),
        ]
        for (file, change) in cases {
            let error = self.refusal(fixture) {
                $0.servers = [url]
                change(&$0)
            }
            #expect(error?.code == .misconfigured)
            #expect(error?.message.contains(file) == true)
        }
    }

    @Test(arguments: ["right", "none", "wrong"])
    func aServerMayAskForTheGatewaysCertificate(_ kind: String) async throws {
        let (server, client, other) = (try self.certificate("a"), try self.certificate("b"), try self.certificate("c"))
        let fixture = try JetStreamFixture(
            extra: Self.tls(server, "ca_file: \"\(client.certificatePath)\", verify: true")
        )
        let change: (inout JetStreamSpoolConfiguration) -> Void = {
            $0.servers = ["tls://localhost:\(self.port(fixture))"]
            $0.caFile = server.certificatePath
            guard kind != "none" else { return }
            let shown = kind == "right" ? client : other
            $0.certificateFile = shown.certificatePath
            $0.keyFile = shown.keyPath
        }
        if kind == "right" {
            try await self.use(fixture, change)
        } else {
            let error = self.refusal(fixture, change)
            #expect(error?.code == .misconfigured)
            #expect(error?.message.contains("spool.certificateFile") == true)
        }
    }

    // MARK: Users and tokens

    @Test(arguments: ["right", "password", "user", "none", "token"])
    func aUserAndAPassword(_ kind: String) async throws {
        let fixture = try JetStreamFixture(extra: "authorization { user: gateway, password: \"secret word\" }")
        let change: (inout JetStreamSpoolConfiguration) -> Void = {
            switch kind {
            case "right": ($0.user, $0.password) = ("gateway", "secret word")
            case "password": ($0.user, $0.password) = ("gateway", "another secret")
            case "user": ($0.user, $0.password) = ("somebody", "secret word")
            case "token": $0.token = "secret word"
            default: break
            }
        }
        try await self.enter(fixture, change, isRight: kind == "right")
    }

    @Test(arguments: ["right", "wrong", "none", "user"])
    func aToken(_ kind: String) async throws {
        let fixture = try JetStreamFixture(extra: "authorization { token: \"secret-token\" }")
        let change: (inout JetStreamSpoolConfiguration) -> Void = {
            switch kind {
            case "right": $0.token = "secret-token"
            case "wrong": $0.token = "another-secret"
            case "user": ($0.user, $0.password) = ("gateway", "secret-token")
            default: break
            }
        }
        try await self.enter(fixture, change, isRight: kind == "right")
    }

    /// The rights that an operator is told to give are enough; without them the user is let in, and not answered.
    @Test(arguments: [true, false])
    func aUserNeedsRights(_ isRight: Bool) async throws {
        let publish = isRight ? #"["$JS.API.>", "hydra.>"]"# : #""nothing.>""#
        let rights = "publish: \(publish), subscribe: [\"_INBOX.>\", \"hydra.waiting\"]"
        let fixture = try JetStreamFixture(
            extra: "authorization { users: [{user: gateway, password: secret, permissions: {\(rights)}}] }"
        )
        let change: (inout JetStreamSpoolConfiguration) -> Void = { ($0.user, $0.password) = ("gateway", "secret") }
        guard !isRight else { return try await self.use(fixture, change) }
        let error = self.refusal(fixture, change)
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains("publish to $JS.API.> and hydra.>") == true)
        #expect(error?.message.contains("subscribe to _INBOX.> and hydra.waiting") == true)
    }

    // MARK: Credentials

    @Test(arguments: ["right", "stranger", "key", "none", "missing"])
    func aCredentialsFile(_ kind: String) async throws {
        let operators = try NATSOperator()
        let fixture = try JetStreamFixture(extra: operators.serverConfiguration)
        let file = self.directory.file("gateway.creds")
        let credentials =
            switch kind {
            case "stranger": try NATSOperator().credentials()
            case "key": try operators.credentials(withKeyOfAnother: true)
            default: try operators.credentials()
            }
        if kind != "missing" { try credentials.write(toFile: file, atomically: true, encoding: .utf8) }
        let change: (inout JetStreamSpoolConfiguration) -> Void = {
            if kind != "none" { $0.credentialsFile = file }
        }
        try await self.enter(fixture, change, isRight: kind == "right", names: kind == "missing" ? file : nil)
    }

    private func enter(
        _ fixture: JetStreamFixture,
        _ change: (inout JetStreamSpoolConfiguration) -> Void,
        isRight: Bool,
        names: String? = nil
    ) async throws {
        guard !isRight else { return try await self.use(fixture, change) }
        let error = self.refusal(fixture, change)
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains(names ?? fixture.server.url) == true)
        #expect(error?.message.contains("spool.credentialsFile") == true)
    }
}
