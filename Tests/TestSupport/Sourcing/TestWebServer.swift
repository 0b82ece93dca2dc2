private import NIOCore
private import NIOPosix
package import NIOSSL
private import Synchronization

/// A web server on loopback that sends what a test wants, byte by byte, also what no web server should.
///
/// Any thread.
package final class TestWebServer: Sendable {
    package struct Request: Sendable {
        /// The `Host` header.
        package let host: String
        package let path: String
        /// The whole head.
        package let text: String
    }

    package enum Reaction: Sendable {
        /// Sent at once, then the connection ends.
        case bytes([UInt8])
        /// First this, then for ever the piece, each so many milliseconds after the last.
        case drip(first: String, piece: String, milliseconds: Int64)
        /// First this, then the piece so many times, as fast as it is taken.
        case flood(first: String, piece: String, times: Int)
        case silence

        package static func html(_ body: String, type: String = "text/html; charset=utf-8") -> Reaction {
            .answer(headers: ["Content-Type: \(type)"], body: Array(body.utf8))
        }

        package static func answer(
            status: String = "200 OK",
            headers: [String],
            body: [UInt8] = []
        ) -> Reaction {
            let head =
                ["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(body.count)", "Connection: close", "", ""]
            return .bytes(Array(head.joined(separator: "\r\n").utf8) + body)
        }

        package static func redirect(_ location: String, status: String = "302 Found") -> Reaction {
            .answer(status: status, headers: ["Location: \(location)"])
        }
    }

    package typealias Script = @Sendable (Request) -> Reaction

    private let journal: WebJournal
    private let channel: any Channel

    package let port: Int

    package static func start(
        host: String = "127.0.0.1",
        port: Int = 0,
        tls: NIOSSLContext? = nil,
        _ script: @escaping Script
    ) async throws -> TestWebServer {
        let journal = WebJournal(script)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(WebHandler(journal))
                }
            }
            .bind(host: host, port: port).get()
        return TestWebServer(journal, channel)
    }

    private init(_ journal: WebJournal, _ channel: any Channel) {
        self.journal = journal
        self.channel = channel
        self.port = channel.localAddress?.port ?? 0
    }

    package var requests: [Request] { self.journal.state.withLock { $0.requests } }
    /// Connections that were accepted.
    package var connections: Int { self.journal.state.withLock { $0.connections } }
    /// Bytes that the system took from the server.
    package var bytesSent: Int { self.journal.state.withLock { $0.bytesSent } }

    package func stop() async throws {
        try await self.channel.close()
    }
}

private final class WebJournal: Sendable {
    struct State {
        var requests: [TestWebServer.Request] = []
        var connections = 0
        var bytesSent = 0
    }

    let script: TestWebServer.Script
    let state = Mutex(State())

    init(_ script: @escaping TestWebServer.Script) {
        self.script = script
    }
}

private final class WebHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let journal: WebJournal
    private var received = ""
    private var isAnswering = false

    init(_ journal: WebJournal) {
        self.journal = journal
    }

    func channelActive(context: ChannelHandlerContext) {
        self.journal.state.withLock { $0.connections += 1 }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.isAnswering = false
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.received += String(decoding: self.unwrapInboundIn(data).readableBytesView, as: UTF8.self)
        guard !self.isAnswering, self.received.contains("\r\n\r\n") else { return }
        self.isAnswering = true
        let lines = self.received.split(separator: "\r\n")
        let host = lines.first { $0.lowercased().hasPrefix("host:") }?.dropFirst(5).drop { $0 == " " } ?? ""
        let path = lines.first?.split(separator: " ").dropFirst().first ?? ""
        let request = TestWebServer.Request(host: String(host), path: String(path), text: self.received)
        self.journal.state.withLock { $0.requests.append(request) }
        switch self.journal.script(request) {
        case .silence: break
        case .bytes(let bytes):
            self.send(ByteBuffer(bytes: bytes), context).assumeIsolated().whenComplete { _ in
                context.close(promise: nil)
            }
        case .drip(let first, let piece, let milliseconds):
            _ = self.send(ByteBuffer(string: first), context)
            self.drip(ByteBuffer(string: piece), .milliseconds(milliseconds), context)
        case .flood(let first, let piece, let times):
            self.flood(ByteBuffer(string: first), then: ByteBuffer(string: piece), times, context)
        }
    }

    private func drip(_ piece: ByteBuffer, _ every: TimeAmount, _ context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: every) {
            guard self.isAnswering else { return }
            _ = self.send(piece, context)
            self.drip(piece, every, context)
        }
    }

    private func flood(_ bytes: ByteBuffer, then piece: ByteBuffer, _ times: Int, _ context: ChannelHandlerContext) {
        self.send(bytes, context).assumeIsolated().whenComplete { result in
            guard case .success = result, times > 0, self.isAnswering else { return context.close(promise: nil) }
            // Not from here: what is taken at once would call itself deeper and deeper.
            context.eventLoop.assumeIsolated().execute { self.flood(piece, then: piece, times - 1, context) }
        }
    }

    private func send(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        let count = bytes.readableBytes
        let sent = context.writeAndFlush(self.wrapOutboundOut(bytes))
        sent.assumeIsolated().whenSuccess { self.journal.state.withLock { $0.bytesSent += count } }
        return sent
    }
}
