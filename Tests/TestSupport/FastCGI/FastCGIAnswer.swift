/// What a responder has answered to one request.
package struct FastCGIAnswer: Sendable {
    /// Everything on standard output: headers, an empty line, the body.
    package var output: [UInt8] = []
    package var errors: [UInt8] = []
    package var request: UInt16 = 0
    /// 0 complete, 1 no multiplexing, 2 overloaded, 3 unknown role.
    package var protocolStatus: UInt8 = 0

    private var headBytes: Int {
        let end: [UInt8] = [13, 10, 13, 10]
        guard self.output.count >= end.count else { return self.output.count }
        return (0...(self.output.count - end.count)).first { Array(self.output[$0..<($0 + 4)]) == end }
            ?? self.output.count
    }

    /// Header lines without their ends.
    package var headers: [String] {
        String(decoding: self.output.prefix(self.headBytes), as: UTF8.self)
            .split(separator: "\r\n").map { String($0) }
    }

    package func header(_ name: String) -> String? {
        let prefix = name.lowercased() + ": "
        return self.headers.first { $0.lowercased().hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }

    /// The number after `Status:`.
    package var status: Int? {
        self.header("Status").flatMap { Int($0.prefix(3)) }
    }

    package var body: [UInt8] {
        Array(self.output.dropFirst(self.headBytes + 4))
    }

    package var text: String {
        String(decoding: self.body, as: UTF8.self)
    }
}
