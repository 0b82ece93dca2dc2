/// What an `Authorization` header says.
///
/// A plain value; any thread. Facts: HTTP API documentation of Segment (Basic with the write key as user and an empty
/// password; without the colon it works too), RFC 7617 and RFC 6750.
package enum Authorization: Equatable, Sendable {
    /// No header, or an empty one.
    case none
    /// Basic credentials: the part before the first colon, or everything where there is no colon. Never empty.
    case basic(user: String)
    /// A bearer token. The body then carries the write key.
    case bearer(token: String)
    /// Basic credentials whose user would be one without its control characters: `echo key | base64` adds a line feed.
    case controlCharacters
    /// A header that cannot be read: unknown scheme, bad base64, empty user.
    case malformed

    /// Reads the header. Where several were joined by commas the first that can be read counts.
    package static func parse(_ header: String?) -> Authorization {
        guard let header else { return .none }
        var rest = header.utf8[...]
        var sawCredentials = false
        var sawControlCharacters = false
        while !rest.isEmpty {
            let part = rest.prefix { $0 != UInt8(ascii: ",") }
            rest = rest[part.endIndex...].dropFirst()
            let credentials = trimmed(part)
            if credentials.isEmpty { continue }
            switch read(credentials) {
            case .controlCharacters?: sawControlCharacters = true
            case let authorization?: return authorization
            case nil: break
            }
            sawCredentials = true
        }
        if sawControlCharacters { return .controlCharacters }
        return sawCredentials ? .malformed : .none
    }

    /// Reads one scheme and its token.
    private static func read(_ part: Substring.UTF8View) -> Authorization? {
        guard let space = part.firstIndex(where: { isBlank($0) }) else { return nil }
        let token = trimmed(part[space...])
        if spells(part[..<space], "basic") {
            return Base64.decode(token).flatMap { credentials(in: $0) }
        }
        if spells(part[..<space], "bearer"), !token.isEmpty, token.allSatisfy({ !$0.isControl && !isBlank($0) }) {
            return .bearer(token: String(Substring(token)))
        }
        return nil
    }

    /// What decoded Basic credentials say; nil when the user is empty, not UTF-8, or nothing but control characters.
    private static func credentials(in decoded: [UInt8]) -> Authorization? {
        let bytes = decoded.prefix { $0 != UInt8(ascii: ":") }
        guard let user = String(validating: bytes, as: UTF8.self) else { return nil }
        guard bytes.contains(where: { !$0.isControl }) else { return nil }
        return bytes.contains { $0.isControl } ? .controlCharacters : .basic(user: user)
    }

    private static func spells(_ scheme: Substring.UTF8View, _ name: String) -> Bool {
        scheme.elementsEqual(name.utf8) { $0.lowercased == $1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
        var bytes = bytes.drop { isBlank($0) }
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }
}
