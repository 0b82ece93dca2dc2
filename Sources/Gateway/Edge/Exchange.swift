import FastCGI
import Segment

/// One HTTP request at the edge: what is read from it once, and the way to answer it.
///
/// Made on a worker thread; the answer may be given by another.
struct Exchange: Sendable {
    let request: Request
    let reply: Reply
    /// nginx's `$request_id`, else the client's `X-Request-Id` when it is well formed, else a new one. 1–64 characters.
    let traceId: String
    let method: String
    /// The path as sent, without the query. May hold a write key: never logged.
    let path: String
    /// The query without its question mark. May hold keys and data: never logged.
    let query: String
    /// The browser's `Origin`.
    let origin: String?
    let receivedAt: Timestamp

    init(request: Request, reply: Reply, receivedAt: Timestamp) {
        self.request = request
        self.reply = reply
        self.receivedAt = receivedAt
        self.method = request["REQUEST_METHOD"] ?? ""
        self.origin = request["HTTP_ORIGIN"]
        self.traceId = Self.traceId(of: request)
        // REQUEST_URI is the target as sent; SCRIPT_NAME is what hosts without it offer.
        if let target = request["REQUEST_URI"], !target.isEmpty {
            let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
            self.path = String(target[..<(mark ?? target.endIndex)])
            self.query = mark.map { String(target[target.utf8.index(after: $0)...]) } ?? ""
        } else {
            self.path = (request["SCRIPT_NAME"] ?? "") + (request["PATH_INFO"] ?? "")
            self.query = request["QUERY_STRING"] ?? ""
        }
    }

    /// The path in logs: the administrator's own paths as they are, everything unknown as one word.
    static let unknownPath: StaticString = "(unknown)"

    private static func traceId(of request: Request) -> String {
        for name in ["REQUEST_ID", "HTTP_X_REQUEST_ID"] as [StaticString] {
            if let value = request[name], self.isTraceId(value) { return value }
        }
        return RandomIdentifier.traceId()
    }

    /// Letters, digits, `-`, `_` and `.`: nothing that could break out of a log line or a header.
    private static func isTraceId(_ value: String) -> Bool {
        guard (1...64).contains(value.utf8.count) else { return false }
        return value.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}

extension Exchange {
    /// An empty record of this request for the log.
    func record(path: StaticString) -> RequestRecord {
        var record = RequestRecord(
            traceId: self.traceId,
            method: self.method,
            path: path,
            started: self.request.started
        )
        record.bodyBytes = self.request.body.count
        return record
    }
}
