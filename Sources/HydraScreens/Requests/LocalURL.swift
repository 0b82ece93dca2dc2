/// Addresses of our own pages.
enum LocalURL {
    /// A path with a query; parts that are nil or empty are left out.
    static func make(_ path: String, _ query: KeyValuePairs<String, String?> = [:]) -> String {
        self.make(path, query.map { ($0.key, $0.value) })
    }

    static func make(_ path: String, _ query: [(String, String?)]) -> String {
        let pairs = query.compactMap { name, value in
            value.flatMap { $0.isEmpty ? nil : "\(self.encode(name))=\(self.encode($0))" }
        }
        return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }

    /// Percent-encodes all but the characters that mean nothing anywhere in an address.
    static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), self.digits[Int(byte >> 4)], self.digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Where to go after signing in: the address that was asked for, if it is one of this site. `//host` and `/\host`
    /// would be read as another site's.
    static func safe(_ text: String?) -> String? {
        guard let text, text.hasPrefix("/"), text.utf8.count <= ScreenLimits.queryBytes,
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") }), !text.hasPrefix("//"),
            !text.hasPrefix("/sign-")
        else { return nil }
        return text
    }
}
