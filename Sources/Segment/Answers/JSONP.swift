/// Answers as scripts, for the classic analytics.js in browsers without CORS.
package enum JSONP {
    /// The longest callback name, in characters.
    package static let maximumCallback = 128

    /// The query's `callback` if it is a plain path of identifiers such as `_cb.r1`; nil otherwise.
    ///
    /// Anything else would let a link decide what a script of our origin does.
    package static func callback(in query: String) -> String? {
        guard let name = QueryString(query)?["callback"], name.utf8.count <= maximumCallback else { return nil }
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.allSatisfy(isIdentifier) ? name : nil
    }

    /// Wraps an answer into a call of the callback; without a callback it goes out as JSON.
    ///
    /// The status is always 200, since browsers do not run the script of a failed request: failures are told inside.
    package static func wrap(_ answer: EdgeAnswer, callback: String?) -> EdgeAnswer {
        guard let callback else { return answer }
        // The comment in front keeps the name from being read as the head of another file format.
        var body = Array("/**/\(callback)(".utf8)
        body += answer.body
        body += Array(");".utf8)
        let kept = answer.headers.filter { $0.0 != "Content-Type" && $0.0 != "Allow" }
        let headers = [
            ("Content-Type", "application/javascript; charset=utf-8"), ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        return EdgeAnswer(status: 200, headers: headers + kept, body: body)
    }

    private static func isIdentifier(_ part: Substring.UTF8View) -> Bool {
        guard let first = part.first, first.digitValue == nil else { return false }
        return part.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"):
                true
            default: false
            }
        }
    }
}
