import Crypto
package import JSON

/// The `X-Signature` of Segment's webhooks: hexadecimal HMAC-SHA1, keyed with the shared secret.
///
/// Signed is the text of the body; where the body is an array, the text of its first element. The received bytes are
/// checked, never printed-again JSON, which would change numbers and escapes. Comparison takes constant time. Facts:
/// Segment's documentation of webhooks, action-destinations `webhook/`.
package enum WebhookSignature {
    /// Whether the signature fits the whole body.
    ///
    /// - Parameters:
    ///   - hex: the header's value; 40 digits of either case.
    ///   - secret: the shared secret.
    ///   - body: the bytes as received, decompressed.
    package static func isValid(hex: String, secret: WebhookSecret, body: [UInt8]) -> Bool {
        guard let code = decode(hex) else { return false }
        return HMAC<Insecure.SHA1>.isValidAuthenticationCode(code, authenticating: body, using: secret.key)
    }

    /// Whether the signature fits the whole body or, for an array, its first element.
    ///
    /// - Parameters:
    ///   - hex: the header's value; 40 digits of either case.
    ///   - secret: the shared secret.
    ///   - body: the bytes as received, decompressed.
    ///   - document: the parsed body.
    package static func isValid(hex: String, secret: WebhookSecret, body: [UInt8], document: JSONDocument) -> Bool {
        if isValid(hex: hex, secret: secret, body: body) { return true }
        guard document.root.kind == .array, let first = document.root.elements.first(where: { _ in true }) else {
            return false
        }
        return isValid(hex: hex, secret: secret, body: Array(first.raw))
    }

    /// The bytes of the hexadecimal text; nil unless it is as long as a SHA-1 code.
    private static func decode(_ hex: String) -> [UInt8]? {
        guard hex.utf8.count == 2 * Insecure.SHA1Digest.byteCount else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Insecure.SHA1Digest.byteCount)
        var high: UInt8?
        for digit in hex.utf8 {
            guard let value = digit.hexValue else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}
