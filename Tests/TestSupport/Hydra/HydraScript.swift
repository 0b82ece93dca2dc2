private import NIOCore
private import NIOHTTP1
private import NIOPosix
private import NIOSSL
private import Synchronization

/// A Hydra that does what a test tells it: answers anything, late, half, or not at all, and remembers every request.
///
///     let hydra = try await HydraScript { request in
///         request.path == "/v1/track" ? .error(503, headers: [("Retry-After", "1")]) : .taken(request)
///     }
///     … hydra.url …
///     let requests = await hydra.requests(2)
///     try await hydra.stop()
///
/// Listens on the loopback address only. Any task may use it.
package final class HydraScript: Sendable {
    /// Decides what happens to a request. May wait, for a ``HydraScriptGate`` for example: the client waits with it.
    package typealias React = @Sendable (HydraScriptRequest) async -> HydraScriptReaction

    private let journal: HydraScriptJournal
    private let listener: any Channel
    private let scheme: String
    /// The port it listens on.
    package let port: Int

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - port: 0 for any free one; a number to come back where an earlier script stopped.
    ///   - certificate: serves TLS with it.
    ///   - react: see ``React``; by default a Hydra that takes every call.
    package init(
        port: Int = 0,
        certificate: TestCertificate? = nil,
        react: @escaping React = { .taken($0) }
    ) async throws {
        let journal = HydraScriptJournal(react: react)
        let tls = try certificate.map { try $0.serverContext() }
        self.journal = journal
        self.scheme = certificate == nil ? "http" : "https"
        self.listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    try pipeline.addHandler(HydraScriptHandler(journal: journal))
                }
            }
            .bind(host: "127.0.0.1", port: port)
            .get()
        self.port = self.listener.localAddress?.port ?? port
    }

    /// The base URL for an endpoint.
    package var url: String { "\(self.scheme)://127.0.0.1:\(self.port)" }

    /// All requests that arrived whole, in order of their arrival.
    package var requests: [HydraScriptRequest] { self.journal.requests }

    /// The calls in ``requests``, singles and batches alike, in order of their arrival.
    package var calls: [HydraScriptCall] { self.requests.flatMap(\.calls) }

    /// How many connections were accepted so far.
    package var acceptedConnections: Int { self.journal.accepted }

    /// How many connections are open.
    package var openConnections: Int { self.journal.channels.count }

    /// Waits until there are at least so many requests, and returns all.
    @discardableResult
    package func requests(_ count: Int) async -> [HydraScriptRequest] {
        await self.journal.requests(count)
    }

    /// Changes what happens to the requests that arrive from now on.
    package func react(_ react: @escaping React) {
        self.journal.react(react)
    }

    /// Closes the listener and all connections, whatever is under way on them. New connections are refused then.
    package func stop() async throws {
        try await self.listener.close()
        for channel in self.journal.channels {
            // One that has just closed by itself is as good.
            try? await channel.close()
        }
    }
}
