import NIOCore

/// Ends a connection that sends more than it may: heads, informational answers and the framing of bodies included, which
/// the HTTP client does not bound together.
///
/// The event loop's of its connection.
final class ByteLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    struct Exceeded: Error {}

    private var left: Int

    private init(_ bytes: Int) {
        self.left = bytes
    }

    /// Puts one in front of everything else that a new connection has. Any thread.
    static func install(_ bytes: Int, in channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(ByteLimit(bytes), position: .first)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.left >= 0 else { return }
        self.left -= self.unwrapInboundIn(data).readableBytes
        guard self.left < 0 else { return context.fireChannelRead(data) }
        context.fireErrorCaught(Exceeded())
        context.close(promise: nil)
    }
}
