private import Glibc
package import NIOSSL

/// A self-signed certificate for one name and 127.0.0.1, made by openssl for one test.
package struct TestCertificate: Sendable {
    package enum Failure: Error {
        /// The program could not be started: an errno.
        case start(CInt)
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

    /// Runs a program to its end. Not by Foundation's `Process`: its `waitUntilExit` turns a run loop on a thread of the
    /// cooperative pool, and with two tests at once on two cores neither comes back.
    private static func run(_ arguments: [String]) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { for index in unsafe words.indices { unsafe free(words[index]) } }
        var pid: pid_t = 0
        let error = unsafe posix_spawnp(&pid, arguments[0], &actions, nil, words, environ)
        guard error == 0 else { throw Failure.start(error) }
        var status: CInt = 0
        while unsafe waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure.start(errno) }
        }
        guard status == 0 else { throw Failure.openssl(status) }
    }
}
