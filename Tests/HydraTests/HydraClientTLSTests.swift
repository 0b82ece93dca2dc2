import Foundation
import Hydra
import Logging
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
final class HydraClientTLSTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "hydra-tls-\(UUID())")

    init() throws {
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: self.directory)
    }

    @Test func additionalCertificateIsTrusted() async throws {
        let certificate = try TestCertificate(in: self.directory.path)
        let hydra = try await HydraScript(certificate: certificate)
        let answer = try await withClient(configured { $0.caFile = certificate.certificatePath }) {
            await $0.send(makeCall(), to: hydra.endpoint)
        }
        #expect(answer == .done(status: 200))
        #expect(hydra.requests.count == 1)
        try await hydra.stop()
    }

    /// A certificate that was renewed under the same name, as by certbot.
    @Test func certificatesAreReadAgain() async throws {
        let old = try TestCertificate(in: self.directory.path)
        let logger = Logger(label: "t", factory: { _ in SwiftLogNoOpLogHandler() })
        let client = try HydraClient(configuration: configured { $0.caFile = old.certificatePath }, logger: logger)
        let renewed = try TestCertificate(in: self.directory.path)
        let hydra = try await HydraScript(certificate: renewed)
        #expect(await client.send(makeCall(), to: hydra.endpoint).retryReason == "tls")
        try client.trust(caFile: renewed.certificatePath)
        #expect(await client.send(makeCall(), to: hydra.endpoint) == .done(status: 200))
        #expect(throws: HydraClientError.self) { try client.trust(caFile: self.directory.path + "/nowhere.pem") }
        #expect(await client.send(makeCall(), to: hydra.endpoint) == .done(status: 200))
        await client.shutdown()
        try await hydra.stop()
    }

    @Test(arguments: [true, false])
    func tellsWhoseCertificateItIsAndWhatToDo(hasFile: Bool) async throws {
        let other = try TestCertificate(in: self.directory.path)
        let hydra = try await HydraScript(certificate: other)
        let foreign = self.directory.appending(path: "foreign")
        try FileManager.default.createDirectory(at: foreign, withIntermediateDirectories: true)
        let caFile = hasFile ? try TestCertificate(in: foreign.path).certificatePath : nil
        let answer = try await withClient(configured { $0.caFile = caFile }) {
            await $0.send(makeCall(), to: hydra.endpoint)
        }
        guard case .retry(_, _, let message, _) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(message.contains("the certificate is not trusted (\(hydra.endpoint.url))"), "\(message)")
        #expect(message.contains("hydra.caFile"), "\(message)")
        if let caFile { #expect(message.contains(caFile), "\(message)") }
        // No file of the machine that built the library.
        #expect(!message.contains(".cc") && !message.contains("OPENSSL"), "\(message)")
        try await hydra.stop()
    }

    @Test func unknownCertificateIsNot() async throws {
        let hydra = try await HydraScript(certificate: TestCertificate(in: self.directory.path))
        let answer = try await withClient { await $0.send(makeCall(), to: hydra.endpoint) }
        #expect(answer.retryReason == "tls", "\(answer)")
        #expect(hydra.requests.isEmpty)
        try await hydra.stop()
    }

    @Test func plainServerAtATLSAddress() async throws {
        let hydra = try await HydraScript()
        let endpoint = Endpoint(url: "https://127.0.0.1:\(hydra.port)", apiKey: testKey)
        let answer = try await withClient { await $0.send(makeCall(), to: endpoint) }
        #expect(["tls", "connection_closed"].contains(answer.retryReason), "\(answer)")
        try await hydra.stop()
    }

    @Test func fileWithoutCertificatesIsAnError() throws {
        let empty = self.directory.appending(path: "empty.pem")
        try Data("no certificate".utf8).write(to: empty)
        let logger = Logger(label: "t", factory: { _ in SwiftLogNoOpLogHandler() })
        for path in [empty.path, self.directory.path + "/missing.pem", self.directory.path] {
            var configuration = HydraClientConfiguration(version: "1")
            configuration.caFile = path
            let error = #expect(throws: HydraClientError.self) {
                _ = try HydraClient(configuration: configuration, logger: logger)
            }
            #expect(error?.description.contains(path) == true)
            #expect(error?.code == "unusable_certificates")
        }
    }
}
