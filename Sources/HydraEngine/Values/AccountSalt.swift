import Crypto

/// 32 random bytes of one account, made when it is created: what its record keys and cursors are derived with.
///
/// Never leaves the data directory. A value; any thread.
struct AccountSalt: Sendable, CustomStringConvertible {
    static let byteCount = 32
    let bytes: [UInt8]

    static func random() -> AccountSalt {
        var generator = SystemRandomNumberGenerator()
        return AccountSalt(bytes: (0..<self.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    func update(_ hash: inout SHA256) {
        unsafe self.bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    }

    var description: String { "AccountSalt(redacted)" }
}
