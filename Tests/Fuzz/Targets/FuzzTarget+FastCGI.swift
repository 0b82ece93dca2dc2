import FastCGI
import Glibc
import Logging
import Synchronization
import TestSupport

extension FuzzTarget {
    /// Any bytes into the socket of a real responder, libfcgi behind it: answered or closed in time, exactly as the
    /// records demand, and the next front server is served.
    ///
    /// The first byte says in how many pieces the rest is sent.
    static let fastCGI = FuzzTarget("fastcgi", maximumBytes: 8 << 10) { input in
        guard let pieces = input.first else { return }
        try FuzzResponder.shared.get().expose(Array(input.dropFirst()), pieces: Int(pieces & 7) + 1)
    }
}

/// A responder with limits that are small enough to be reached, for all inputs of the process.
private final class FuzzResponder: Sendable {
    static let shared = Result { try FuzzResponder() }

    private static let limits: ResponderLimits = {
        var limits = ResponderLimits()
        limits.parameterBytes = 1 << 10
        limits.bodyBytes = 2 << 10
        limits.discardedBytes = 128 << 10
        return limits
    }()

    private let directory: TemporaryDirectory
    private let responder: Responder

    init() throws {
        var options = ResponderOptions()
        options.workers = 2
        options.limits = Self.limits
        self.directory = try TemporaryDirectory()
        self.responder = try Responder(
            listeners: [.unix(path: self.directory.file("s"), mode: 0o600, owner: nil, group: nil)],
            options: options,
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() },
            handler: Self.echo
        )
        try self.responder.start()
    }

    /// Answers with the body as it came, and with the parameters in front of it.
    private static func echo(_ request: Request, _ reply: Reply) {
        var body: [UInt8] = []
        for (name, value) in request.parameters { body += Array("\(name)=\(value)\n".utf8) }
        reply.send(Response(status: 200, body: body + request.body))
    }

    func expose(_ bytes: [UInt8], pieces: Int) throws {
        let peer = try FastCGIClient(self.responder.addresses[0])
        let expected = ExpectedEnds(bytes, limits: Self.limits)
        do {
            for piece in 0..<pieces {
                try peer.send(Array(bytes[bytes.count * piece / pieces..<bytes.count * (piece + 1) / pieces]))
            }
        } catch FastCGIClient.Failure.closed {
            // It was refused before all was sent.
        }
        peer.finishSending()
        var ends: [ExpectedEnds.End] = []
        do {
            while true {
                let answer = try peer.answer()
                ends.append(ExpectedEnds.End(request: answer.request, status: answer.protocolStatus))
            }
        } catch FastCGIClient.Failure.timeout {
            throw Finding(description: "the connection is answered or closed in time")
        } catch FastCGIClient.Failure.closed {
            // As it should be: this side has finished.
        }
        // A refused connection is closed with what it had not read, which takes answers with it on the way.
        let isExpected = expected.isRefused ? expected.ends.starts(with: ends) : ends == expected.ends
        try require(isExpected, "the ends are \(expected.ends), not \(ends)")
        try self.serve()
    }

    /// A front server with an ordinary request.
    private func serve() throws {
        let client = try FastCGIClient(self.responder.addresses[0])
        let body = Array("{}".utf8)
        let answer = try client.exchange(FastCGIRecord.request([("REQUEST_METHOD", "POST")], body: body))
        try require(
            answer.status == 200 && answer.body == Array("REQUEST_METHOD=POST\n{}".utf8),
            "the next one is served"
        )
    }
}

/// The ends of requests that a stream of records must be answered with.
private struct ExpectedEnds {
    struct End: Equatable {
        let request: UInt16
        let status: UInt8
    }

    private(set) var ends: [End] = []
    /// The connection is closed although the peer might have sent more.
    private(set) var isRefused = false

    init(_ bytes: [UInt8], limits: ResponderLimits) {
        var position = 0
        while position < bytes.count {
            var scanner = RecordScanner(limits: limits)
            let rest = Array(bytes[position...])
            do throws(RecordRefusal) {
                position += try scanner.scan(rest.span) { _, _ in }
            } catch {
                self.take(scanner.takeAnswers())
                if case .role(let request) = error { self.ends.append(End(request: request, status: 3)) }
                self.isRefused = true
                return
            }
            self.take(scanner.takeAnswers())
            guard scanner.isComplete else { return }
            self.ends.append(End(request: scanner.request, status: 0))
            guard scanner.keepsConnection else {
                self.isRefused = position < bytes.count
                return
            }
        }
    }

    /// Ends that the scanner itself wants to be sent: 16 bytes each.
    private mutating func take(_ answers: [UInt8]) {
        for start in stride(from: 0, to: answers.count, by: 16) {
            let request = UInt16(answers[start + 2]) << 8 | UInt16(answers[start + 3])
            self.ends.append(End(request: request, status: answers[start + 12]))
        }
    }
}
