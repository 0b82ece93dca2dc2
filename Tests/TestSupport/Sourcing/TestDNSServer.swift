private import Glibc
private import NIOCore
private import NIOPosix
private import Synchronization

/// A DNS server on 127.0.0.1, over UDP and TCP, that answers what a test wants: also wrongly, or not at all.
///
/// Any thread. Answers that do not fit a datagram of 1,232 bytes are truncated there and whole over TCP, as servers do.
package final class TestDNSServer: Sendable {
    package struct Question: Sendable, Equatable {
        package let name: String
        package let type: UInt16
        package let isTCP: Bool
        /// How often the same was asked before, over UDP and TCP.
        package let repeats: Int
    }

    /// Of the question's name, or of the alias before it.
    package enum Record: Sendable {
        case a(String)
        case aaaa(String)
        case mx(UInt16, String)
        /// The parts of one record, 255 bytes each at most.
        case txt([[UInt8]])
        case cname(String)

        package static func text(_ text: String) -> Record { .txt([Array(text.utf8)]) }
    }

    package enum Reaction: Sendable {
        case records([Record])
        /// SERVFAIL is 2, NXDOMAIN 3, REFUSED 5.
        case failure(UInt8)
        case silence
        /// Somebody guesses: everything is right but the id.
        case wrongID([Record])
        /// Not an answer: sent instead of one, behind the id.
        case garbage([UInt8])
    }

    package typealias Script = @Sendable (Question) -> Reaction

    private let journal: Journal
    private let udp: any Channel
    private let tcp: any Channel

    /// `host:port`.
    package let address: String

    package static func start(_ script: @escaping Script) async throws -> TestDNSServer {
        let group = MultiThreadedEventLoopGroup.singleton
        let journal = Journal(script)
        var attempts = 20
        while true {
            let udp = try await DatagramBootstrap(group: group)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(DatagramHandler(journal))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            let port = udp.localAddress?.port ?? 0
            do {
                let tcp = try await ServerBootstrap(group: group)
                    .childChannelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(StreamHandler(journal))
                        }
                    }
                    .bind(host: "127.0.0.1", port: port).get()
                return TestDNSServer(journal, udp: udp, tcp: tcp, port: port)
            } catch {
                // Somebody has the same port for TCP.
                try await udp.close()
                attempts -= 1
                guard attempts > 0 else { throw error }
            }
        }
    }

    private init(_ journal: Journal, udp: any Channel, tcp: any Channel, port: Int) {
        self.journal = journal
        self.udp = udp
        self.tcp = tcp
        self.address = "127.0.0.1:\(port)"
    }

    package var questions: [Question] { self.journal.questions }

    package func stop() async throws {
        try await self.udp.close()
        try await self.tcp.close()
    }
}

/// What was asked, and how to answer.
private final class Journal: Sendable {
    private let script: TestDNSServer.Script
    private let asked = Mutex<[TestDNSServer.Question]>([])

    init(_ script: @escaping TestDNSServer.Script) {
        self.script = script
    }

    var questions: [TestDNSServer.Question] { self.asked.withLock { $0 } }

    /// - Returns: nil for no answer.
    func answer(_ message: [UInt8], isTCP: Bool) -> [UInt8]? {
        guard message.count > 12, let (name, end) = Self.name(message, from: 12), message.count >= end + 4 else {
            return nil
        }
        let type = UInt16(message[end]) << 8 | UInt16(message[end + 1])
        let question = self.asked.withLock { asked in
            let repeats = asked.count { $0.name == name && $0.type == type }
            let question = TestDNSServer.Question(name: name, type: type, isTCP: isTCP, repeats: repeats)
            asked.append(question)
            return question
        }
        let id = Array(message[..<2])
        let asked = Array(message[12..<(end + 4)])
        switch self.script(question) {
        case .silence: return nil
        case .garbage(let bytes): return id + bytes
        case .failure(let code): return Self.message(id, asked, code: code, records: [], isTruncated: false)
        case .wrongID(let records):
            return Self.message([id[0] ^ 0x55, id[1] ^ 0x55], asked, code: 0, records: records, isTruncated: false)
        case .records(let records):
            let whole = Self.message(id, asked, code: 0, records: records, isTruncated: false)
            guard !isTCP, whole.count > 1_232 else { return whole }
            return Self.message(id, asked, code: 0, records: [], isTruncated: true)
        }
    }

    private static func name(_ message: [UInt8], from start: Int) -> (String, end: Int)? {
        var labels: [String] = []
        var position = start
        while position < message.count, message[position] != 0 {
            let length = Int(message[position])
            guard length < 64, position + length < message.count else { return nil }
            labels.append(String(decoding: message[(position + 1)...(position + length)], as: UTF8.self))
            position += length + 1
        }
        return (labels.joined(separator: ".").lowercased(), position + 1)
    }

    private static func message(
        _ id: [UInt8],
        _ question: [UInt8],
        code: UInt8,
        records: [TestDNSServer.Record],
        isTruncated: Bool
    ) -> [UInt8] {
        var message = id + [isTruncated ? 0x83 : 0x81, 0x80 | code, 0, 1] + Self.word(records.count) + [0, 0, 0, 0]
        message += question
        // The question's name stands at 12.
        var owner: [UInt8] = [0xc0, 0x0c]
        for record in records {
            let (type, data): (Int, [UInt8]) =
                switch record {
                case .a(let text): (1, Self.bytes(text, AF_INET, 4))
                case .aaaa(let text): (28, Self.bytes(text, AF_INET6, 16))
                case .mx(let preference, let host): (15, Self.word(Int(preference)) + Self.encoded(host))
                case .txt(let parts): (16, parts.flatMap { [UInt8($0.count)] + $0 })
                case .cname(let target): (5, Self.encoded(target))
                }
            message += owner + Self.word(type) + [0, 1, 0, 0, 0, 60] + Self.word(data.count) + data
            if case .cname(let target) = record { owner = Self.encoded(target) }
        }
        return message
    }

    private static func word(_ number: Int) -> [UInt8] { [UInt8(number >> 8 & 0xff), UInt8(number & 0xff)] }

    private static func encoded(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    private static func bytes(_ text: String, _ family: Int32, _ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        precondition(unsafe inet_pton(family, text, &bytes) == 1, "\(text) is no address")
        return bytes
    }
}

private final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let journal: Journal

    init(_ journal: Journal) {
        self.journal = journal
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = self.unwrapInboundIn(data)
        guard let answer = self.journal.answer(Array(envelope.data.readableBytesView), isTCP: false) else { return }
        let reply = AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: answer))
        context.writeAndFlush(self.wrapOutboundOut(reply), promise: nil)
    }
}

/// Messages with their length in two bytes before them.
private final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let journal: Journal
    private var received: [UInt8] = []

    init(_ journal: Journal) {
        self.journal = journal
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.received += Array(self.unwrapInboundIn(data).readableBytesView)
        while self.received.count > 2 {
            let length = Int(self.received[0]) << 8 | Int(self.received[1])
            guard self.received.count >= length + 2 else { return }
            let message = Array(self.received[2..<(length + 2)])
            self.received.removeFirst(length + 2)
            guard let answer = self.journal.answer(message, isTCP: true) else { continue }
            let framed = [UInt8(answer.count >> 8), UInt8(answer.count & 0xff)] + answer
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: framed)), promise: nil)
        }
    }
}
