/// A base URL taken apart: scheme, host, port, path. A value.
struct WebAddress: Equatable {
    let isSecure: Bool
    /// In lower case; an IPv6 address without its brackets.
    let host: String
    let port: UInt16?
    /// Without a trailing slash; empty or beginning with one.
    let path: String
    /// The whole without a trailing slash.
    let text: String

    /// Reads a URL with `http` or `https`, a host, perhaps a port from 1 to 65535, perhaps a path; nil for anything else,
    /// as with a user, a query, a fragment or blanks.
    init?(url: String) {
        var rest: Substring
        if url.lowercased().hasPrefix("https://") {
            (self.isSecure, rest) = (true, url.dropFirst(8))
        } else if url.lowercased().hasPrefix("http://") {
            (self.isSecure, rest) = (false, url.dropFirst(7))
        } else {
            return nil
        }
        guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"<>\\^`{|}?#@".utf8.contains($0) }) else {
            return nil
        }
        while rest.hasSuffix("/") { rest.removeLast() }
        let authority = rest.prefix { $0 != "/" }
        self.path = String(rest[authority.endIndex...])
        let portText: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let host = String(authority[authority.index(after: authority.startIndex)..<end])
            guard host.contains(":"), UserDirectory.isAddress(host) else { return nil }
            self.host = host.lowercased()
            portText = authority[authority.index(after: end)...]
        } else {
            let host = authority.prefix { $0 != ":" }
            guard Self.isHost(host) else { return nil }
            self.host = host.lowercased()
            portText = authority[host.endIndex...]
        }
        if portText.isEmpty {
            self.port = nil
        } else {
            let digits = portText.dropFirst()
            guard portText.first == ":", digits.allSatisfy(\.isNumber), let port = UInt16(digits), port > 0 else {
                return nil
            }
            self.port = port
        }
        self.text = (self.isSecure ? "https://" : "http://") + rest
    }

    /// Whether it is on this machine, where clear text stays.
    var isLocal: Bool {
        self.host == "localhost" || self.host == "::1" || self.host.hasPrefix("127.")
    }

    private static func isHost(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 253 && !text.hasPrefix(".") && !text.hasPrefix("-")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default:
                    false
                }
            }
    }
}
