internal import NIOCore
private import NIOHTTP1

/// What ``HydraScript`` does with a request: bytes that are written, and then perhaps nothing more, or the end of the
/// connection. Everything is written byte for byte, so that it may be wrong in every way.
package struct HydraScriptReaction: Sendable, CustomStringConvertible {
    private enum Step: Sendable {
        case write([UInt8])
        /// One byte again and again, until the client goes away.
        case trickle(UInt8, every: Duration)
        case close
    }

    private let steps: [Step]

    package var description: String { "a reaction in \(self.steps.count) steps" }

    private init(_ steps: Step...) {
        self.steps = steps
    }

    // MARK: Answers

    /// A well-formed answer. `Content-Type: application/json` and `Content-Length` are added unless `headers` has them;
    /// 204 and 304 have no body, whatever is given.
    package static func answer(
        _ status: Int,
        headers: [(String, String)] = [],
        body: String = ""
    ) -> HydraScriptReaction {
        let head = Self.head(status, headers, length: body.utf8.count)
        return Self(.write(Self.hasBody(status) ? head + Array(body.utf8) : head))
    }

    /// Hydra's own form of an error.
    package static func error(
        _ status: Int,
        code: String = "scripted",
        message: String = "as the test wants it",
        headers: [(String, String)] = []
    ) -> HydraScriptReaction {
        self.answer(status, headers: headers, body: #"{"code":"\#(code)","message":"\#(message)"}"#)
    }

    /// What a Hydra answers that takes every call: 200, and for a batch a result for each.
    package static func taken(_ request: HydraScriptRequest) -> HydraScriptReaction {
        self.results(of: request) { _ in (200, "accepted") }
    }

    /// Like ``taken(_:)``, with a status and a code for each call. For a single call its status is the answer's.
    package static func results(
        of request: HydraScriptRequest,
        _ result: (HydraScriptCall) -> (status: Int, code: String)
    ) -> HydraScriptReaction {
        let results = request.calls.map { call in
            let (status, code) = result(call)
            let id = (call.messageId ?? "").replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return (status, #"{"messageId":"\#(id)","status":\#(status),"code":"\#(code)","message":"scripted"}"#)
        }
        if request.path != "/v1/batch", let (status, body) = results.first {
            return self.answer(status, body: body)
        }
        return self.answer(200, body: #"{"results":[\#(results.map(\.1).joined(separator: ","))]}"#)
    }

    // MARK: Faults

    /// Nothing, and the connection stays open.
    package static let hang = Self()

    /// The connection ends without an answer.
    package static let close = Self(.close)

    /// These bytes, and the connection stays open.
    package static func bytes(_ text: String) -> HydraScriptReaction {
        Self(.write(Array(text.utf8)))
    }

    /// These bytes, then the connection ends.
    package static func bytesAndClose(_ text: String) -> HydraScriptReaction {
        Self(.write(Array(text.utf8)), .close)
    }

    /// The head and the first half of the body, then the connection ends.
    package static func half(_ status: Int, body: String) -> HydraScriptReaction {
        let half = body.utf8.prefix(body.utf8.count / 2)
        return Self(.write(Self.head(status, [], length: body.utf8.count) + Array(half)), .close)
    }

    /// The head and the first half of the body, then nothing, and the connection stays open.
    package static func stall(_ status: Int, body: String) -> HydraScriptReaction {
        let half = body.utf8.prefix(body.utf8.count / 2)
        return Self(.write(Self.head(status, [], length: body.utf8.count) + Array(half)))
    }

    /// The head of a body of 10,000 bytes, and then a byte of it at a time, for as long as the client stays.
    package static func trickle(_ status: Int, every pause: Duration) -> HydraScriptReaction {
        Self(.write(Self.head(status, [], length: 10_000)), .trickle(UInt8(ascii: " "), every: pause))
    }

    // MARK: Doing it

    func perform(on channel: any Channel) async {
        for step in self.steps {
            do {
                switch step {
                case .write(let bytes):
                    try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
                case .trickle(let byte, let pause):
                    while channel.isActive {
                        try await channel.writeAndFlush(ByteBuffer(bytes: [byte]))
                        try await Task.sleep(for: pause)
                    }
                case .close:
                    try await channel.close()
                }
            } catch {
                // The client has gone: what is left cannot matter to it.
                return
            }
        }
    }

    private static func hasBody(_ status: Int) -> Bool {
        status >= 200 && status != 204 && status != 304
    }

    private static func head(_ status: Int, _ headers: [(String, String)], length: Int) -> [UInt8] {
        var all = headers
        func add(_ name: String, _ value: String) {
            if !all.contains(where: { $0.0.lowercased() == name.lowercased() }) { all.append((name, value)) }
        }
        add("Content-Type", "application/json")
        if Self.hasBody(status) { add("Content-Length", "\(length)") }
        let phrase = HTTPResponseStatus(statusCode: status).reasonPhrase
        let lines = all.map { "\($0.0): \($0.1)\r\n" }.joined()
        return Array("HTTP/1.1 \(status) \(phrase)\r\n\(lines)\r\n".utf8)
    }
}
