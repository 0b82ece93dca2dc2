import Foundation
import Synchronization
import TestSupport

/// A real `nats-server` on loopback with a store of its own; it is killed with the object at the latest.
final class NATSServer: Sendable {
    /// One server of a cluster, or one alone.
    struct Options: Sendable {
        var port: UInt16
        var name = "n1"
        /// The cluster's port of this one and of all, when there is a cluster.
        var clusterPort: UInt16?
        var routes: [UInt16] = []
        /// More lines of configuration.
        var extra = ""
    }

    let options: Options
    private let directory: TemporaryDirectory
    private let process = Mutex<Process?>(nil)

    var url: String { "nats://127.0.0.1:\(self.options.port)" }

    /// Starts one alone and waits until it takes connections.
    convenience init(extra: String = "") throws {
        var options = Options(port: try freePort())
        options.extra = extra
        try self.init(options)
        try self.waitUntilReady()
    }

    /// Starts one without waiting.
    init(_ options: Options) throws {
        self.options = options
        self.directory = try TemporaryDirectory()
        try self.start()
    }

    deinit { self.kill() }

    /// Starts three servers that form a cluster, and waits until each takes connections.
    static func cluster(extra: String = "") throws -> [NATSServer] {
        let ports = try (0..<3).map { _ in (client: try freePort(), cluster: try freePort()) }
        let servers = try ports.enumerated().map { index, port in
            try NATSServer(
                Options(
                    port: port.client,
                    name: "n\(index + 1)",
                    clusterPort: port.cluster,
                    routes: ports.map(\.cluster),
                    extra: extra
                )
            )
        }
        for server in servers { try server.waitUntilReady() }
        return servers
    }

    func start() throws {
        let cluster = self.options.clusterPort.map { port in
            let routes = self.options.routes.map { "nats-route://127.0.0.1:\($0)" }.joined(separator: ", ")
            return "cluster { name: hydra-test, listen: \"127.0.0.1:\(port)\", routes: [\(routes)] }"
        }
        let text = """
            listen: "127.0.0.1:\(self.options.port)"
            server_name: \(self.options.name)
            jetstream { store_dir: "\(self.directory.file("store"))" }
            \(cluster ?? "")
            \(self.options.extra)
            """
        let file = self.directory.file("nats.conf")
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/nats-server")
        process.arguments = ["-c", file, "-l", self.directory.file("log")]
        try process.run()
        self.process.withLock { $0 = process }
    }

    func waitUntilReady() throws {
        let until = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < until {
            let log = (try? String(contentsOfFile: self.directory.file("log"), encoding: .utf8)) ?? ""
            if log.contains("Server is ready") { return }
            usleep(20_000)
        }
        throw TestError("nats-server did not start: \(self.log)")
    }

    var log: String { (try? String(contentsOfFile: self.directory.file("log"), encoding: .utf8)) ?? "" }

    /// SIGKILL, and waits until it is gone.
    func kill() { self.signal(SIGKILL, waits: true) }

    func pause() { self.signal(SIGSTOP, waits: false) }

    func goOn() { self.signal(SIGCONT, waits: false) }

    private func signal(_ number: Int32, waits: Bool) {
        let process = self.process.withLock { process in
            defer { if waits { process = nil } }
            return process
        }
        guard let process, process.isRunning else { return }
        Glibc.kill(process.processIdentifier, number)
        if waits { process.waitUntilExit() }
    }

    /// Starts it again on what it kept.
    func restart() throws {
        self.kill()
        try? FileManager.default.removeItem(atPath: self.directory.file("log"))
        try self.start()
        try self.waitUntilReady()
    }
}
