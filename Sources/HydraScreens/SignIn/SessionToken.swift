import Crypto
import Foundation
import HydraEngine

/// What a browser holds: 32 random bytes, in Base32. Only its hash is kept here.
///
/// A value; any thread.
struct SessionToken: Sendable {
    let secret: [UInt8]

    static func random() -> SessionToken { SessionToken(secret: SecureRandom.bytes(32)) }

    private init(secret: [UInt8]) {
        self.secret = secret
    }

    /// - Returns: nil for what is no token.
    init?(text: String?) {
        guard let text, let bytes = Base32.decode(text), bytes.count == 32 else { return nil }
        self.secret = bytes
    }

    var text: String { Base32.encode(self.secret) }

    /// A plain hash is right: nobody can guess 256 random bits, however fast the hash.
    var hash: [UInt8] { Array(SHA256.hash(data: Data(self.secret))) }
}
