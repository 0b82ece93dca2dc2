package import NIOSSL

/// A self-signed certificate for one name and 127.0.0.1, made by openssl for one test.
package struct TestCertificate: Sendable {
    package enum Failure: Error {
        /// The program ended with this status, as `waitpid` tells it.
        case openssl(CInt)
    }

    /// The PEM file that a client must trust.
    package let certificatePath: String
    package let keyPath: String

    /// - Parameters:
    ///   - directory: where the two files are written; the test removes it.
    ///   - name: of the server.
    package init(in directory: String, name: String = "localhost") throws {
        self.certificatePath = directory + "/certificate.pem"
        self.keyPath = directory + "/key.pem"
        try Self.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name),IP:127.0.0.1",
            "-keyout", self.keyPath, "-out", self.certificatePath,
        ])
    }

    package func serverContext() throws -> NIOSSLContext {
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(self.certificatePath).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: self.keyPath, format: .pem))
            )
        )
    }

    private static func run(_ words: [String]) throws {
        let status = try ChildProcess(words[0], Array(words.dropFirst())).wait()
        guard status == 0 else { throw Failure.openssl(status) }
    }
}
