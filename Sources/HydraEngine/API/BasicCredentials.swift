import Foundation

/// The API key out of an `Authorization` header.
enum BasicCredentials {
    /// The user of Basic authentication; the password is not looked at, and a missing colon is forgiven.
    ///
    /// - Returns: nil for another scheme, for what is not Base64, and for an empty user.
    static func user(_ header: String?) -> KeySecret? {
        // 8 KiB is far more than a key needs; nothing longer is decoded.
        guard let header, header.utf8.count <= 8192 else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "basic" else { return nil }
        let encoded = parts[1].filter { !$0.isWhitespace }
        guard let data = Data(base64Encoded: encoded) else { return nil }
        let user = String(decoding: data.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
        return user.isEmpty ? nil : KeySecret(user)
    }
}
