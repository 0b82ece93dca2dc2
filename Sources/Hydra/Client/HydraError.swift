internal import JSON

/// Hydra's own words about what is wrong: `{"code":"…","message":"…"}`.
struct HydraError: Sendable {
    /// nil if there is none, or if it is not a short word of letters, digits, `_`, `-` and `.`.
    let code: String?
    /// An excerpt; nil if there is none.
    let message: String?

    /// Nil if the body is not a JSON object.
    init?(of answer: HTTPAnswer) {
        // Also where the content type does not say JSON: a proxy may have changed it.
        guard answer.body.first == UInt8(ascii: "{"),
            let document = try? JSONParser(maximumBytes: answer.body.count).parse(answer.body)
        else { return nil }
        self.init(document.root)
    }

    /// From an object with these members: the whole body, or one result of a batch.
    init(_ value: JSONValue) {
        self.code = value["code"]?.string.flatMap(Self.checked)
        self.message = value["message"]?.string.map { Excerpt.of($0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The code, if it is one that may stand in a log and count in a metric.
    private static func checked(_ code: String) -> String? {
        guard (1...64).contains(code.utf8.count) else { return nil }
        for byte in code.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                continue
            default:
                return nil
            }
        }
        return code
    }
}
