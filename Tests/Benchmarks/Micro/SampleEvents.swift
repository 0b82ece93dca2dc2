import Segment

/// Bodies as SDKs send them, and what is known of their requests.
enum SampleEvents {
    static let now: Int64 = 1_800_000_000_000

    /// One track of some 350 bytes.
    static func event(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        let id = String(repeating: "0", count: 12 - digits.count) + digits
        return
            #"{"type":"track","messageId":"4f1d3c52-9b1e-4a77-8c55-\#(id)","userId":"user-\#(number % 1_000)","#
            + #""event":"Device deploy started","timestamp":"2027-01-15T08:00:00.123Z","#
            + #""properties":{"feature":"Device management","eventFlag":"Positive","count":17,"#
            + #""note":"lorem ipsum dolor sit amet lorem ipsum"},"#
            + #""context":{"library":{"name":"analytics-python","version":"2.3.2"}}}"#
    }

    static func single(_ number: Int) -> [UInt8] {
        Array(self.event(number).utf8)
    }

    static func batch(_ count: Int) -> [UInt8] {
        Array((#"{"batch":["# + (0..<count).map { self.event($0) }.joined(separator: ",") + "]}").utf8)
    }

    static var facts: RequestFacts {
        RequestFacts(
            authorization: "Basic ZGVtby13cml0ZS1rZXk6",
            remoteAddress: "203.0.113.7",
            receivedAt: Timestamp(milliseconds: self.now),
            userAgent: "analytics-python/2.3.2"
        )
    }
}
