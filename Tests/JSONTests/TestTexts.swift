import JSON
import Testing

/// Parses text written as a Swift string.
func parse(_ text: String) throws(JSONError) -> JSONDocument {
    try JSONParser().parse(Array(text.utf8))
}

/// Parses tolerantly text written as a Swift string.
func parseTolerantly(_ text: String) throws(JSONError) -> JSONDocument {
    try JSONParser().parseTolerantly(Array(text.utf8))
}

/// The error that strict parsing ends with, or nil.
func failure(_ bytes: [UInt8]) -> JSONError? {
    do {
        _ = try JSONParser().parse(bytes)
        return nil
    } catch {
        return error
    }
}

/// The error that tolerant parsing ends with, or nil.
func tolerantFailure(_ bytes: [UInt8]) -> JSONError? {
    do {
        _ = try JSONParser().parseTolerantly(bytes)
        return nil
    } catch {
        return error
    }
}

/// A text that is refused, why, and where.
struct Refused: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let code: JSONError.Code
    let offset: Int

    init(_ text: String, _ code: JSONError.Code, at offset: Int) {
        self.init(Array(text.utf8), code, at: offset)
    }

    init(_ bytes: [UInt8], _ code: JSONError.Code, at offset: Int) {
        self.bytes = bytes
        self.code = code
        self.offset = offset
    }

    var testDescription: String { "\(String(decoding: bytes, as: UTF8.self)) → \(code.rawValue)" }
}
