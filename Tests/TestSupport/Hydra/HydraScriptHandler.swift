internal import NIOCore
internal import NIOHTTP1

/// Puts the parts of a request together. One for each connection, on its event loop.
final class HydraScriptHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let journal: HydraScriptJournal
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(journal: HydraScriptJournal) {
        self.journal = journal
    }

    func channelActive(context: ChannelHandlerContext) {
        self.journal.opened(context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.journal.closed(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            self.body = []
        case .body(let buffer):
            self.body += buffer.readableBytesView
        case .end:
            guard let head = self.head else { return }
            let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let request = HydraScriptRequest(
                method: head.method.rawValue,
                path: String(parts.first ?? ""),
                query: parts.count > 1 ? String(parts[1]) : "",
                headers: head.headers.map { ($0.name, $0.value) },
                body: self.body,
                at: .now
            )
            let channel = context.channel
            Task { [journal] in await journal.take(request, on: channel) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
