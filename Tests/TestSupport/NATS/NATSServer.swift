private import Foundation
private import Synchronization

/// A real `nats-server` on loopback with a store of its own; it is killed with the object at the latest.
package final class NATSServer: Sendable {
    /// One server of a cluster, or one alone.
    package struct Options: Sendable {
        package var port: UInt16
        package var host = "127.0.0.1"
        package var name = "n1"
        /// The cluster's port of this one and of all, when there is a cluster.
        package var clusterPort: UInt16?
        package var routes: [UInt16] = []
        /// Where it says how it is.
        package var monitorPort: UInt16?
        /// Whether it syncs before it acknowledges. Where the test is of something else it is to be fast.
        package var syncsAlways = false
        /// More lines of configuration.
        package var extra = ""

        package init(port: UInt16) {
            self.port = port
        }
    }

    package let options: Options
    private let directory: TemporaryDirectory
    private let process = Mutex<ChildProcess?>(nil)

    /// The address of its monitoring port.
    package var monitor: String { "http://127.0.0.1:\(self.options.monitorPort ?? 0)" }

    package var url: String { "nats://\(self.options.host):\(self.options.port)" }

    /// Starts one alone and waits until it takes connections.
    package convenience init(extra: String = "", host: String = "127.0.0.1") throws {
        var options = Options(port: try freePort())
        options.host = host
        options.extra = extra
        try self.init(options)
        try self.waitUntilReady()
    }

    /// Starts one without waiting.
    package init(_ options: Options) throws {
        self.options = options
        self.directory = try TemporaryDirectory()
        try self.start()
    }

    deinit { self.kill() }

    /// That of `NATS_SERVER`; without it the one that `nginx/get-nats-server` fetches, once.
    private static var program: String {
        get throws { try Self.found.get() }
    }

    private static let found = Result<String, any Error> {
        if let program = ProcessInfo.processInfo.environment["NATS_SERVER"], !program.isEmpty { return program }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path
        let place = try TemporaryDirectory()
        let file = place.file("path")
        let script = "'\(root)/nginx/get-nats-server' '\(root)/.build' >'\(file)'"
        guard try ChildProcess("/bin/bash", ["-c", script]).wait() == 0 else {
            throw TestError("nginx/get-nats-server failed; run it by hand, or name a server by NATS_SERVER")
        }
        return try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    /// Starts three servers that form a cluster, and waits until each takes connections.
    package static func cluster(extra: String = "", syncsAlways: [Bool] = [false, false, false]) throws -> [NATSServer]
    {
        let ports = try (0..<3).map { _ in (client: try freePort(), cluster: try freePort(), monitor: try freePort()) }
        let servers = try ports.enumerated().map { index, port in
            var options = Options(port: port.client)
            options.name = "n\(index + 1)"
            options.clusterPort = port.cluster
            options.routes = ports.map(\.cluster)
            options.monitorPort = port.monitor
            options.syncsAlways = syncsAlways[index]
            options.extra = extra
            return try NATSServer(options)
        }
        for server in servers { try server.waitUntilReady() }
        return servers
    }

    package func start() throws {
        let cluster = self.options.clusterPort.map { port in
            let routes = self.options.routes.map { "nats-route://127.0.0.1:\($0)" }.joined(separator: ", ")
            return "cluster { name: hydra-test, listen: \"127.0.0.1:\(port)\", routes: [\(routes)] }"
        }
        let text = """
            listen: "\(self.options.host):\(self.options.port)"
            server_name: \(self.options.name)
            jetstream { store_dir: "\(self.directory.file("store"))"\(self.options.syncsAlways ? ", sync_interval: always" : "") }
            \(self.options.monitorPort.map { "http: \"127.0.0.1:\($0)\"" } ?? "")
            \(cluster ?? "")
            \(self.options.extra)
            """
        let file = self.directory.file("nats.conf")
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let process = try ChildProcess(try Self.program, ["-c", file, "-l", self.directory.file("log")])
        self.process.withLock { $0 = process }
    }

    package func waitUntilReady() throws {
        let until = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < until {
            let log = (try? String(contentsOfFile: self.directory.file("log"), encoding: .utf8)) ?? ""
            if log.contains("Server is ready") { return }
            usleep(20_000)
        }
        throw TestError("nats-server did not start: \(self.log)")
    }

    package var log: String { (try? String(contentsOfFile: self.directory.file("log"), encoding: .utf8)) ?? "" }

    /// SIGKILL, and waits until it is gone.
    package func kill() { self.signal(SIGKILL, waits: true) }

    package func pause() { self.signal(SIGSTOP, waits: false) }

    package func goOn() { self.signal(SIGCONT, waits: false) }

    private func signal(_ number: Int32, waits: Bool) {
        let process = self.process.withLock { process in
            defer { if waits { process = nil } }
            return process
        }
        process?.signal(number)
        if waits { process?.wait() }
    }

    /// Starts it again on what it kept.
    package func restart() throws {
        self.kill()
        try? FileManager.default.removeItem(atPath: self.directory.file("log"))
        try self.start()
        try self.waitUntilReady()
    }
}
