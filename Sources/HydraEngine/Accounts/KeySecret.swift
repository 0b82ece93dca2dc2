import Crypto
import Foundation

/// An API key as its owner has it: `hk_` and 32 random bytes in Base32.
///
/// Only its SHA-256 is kept. A plain hash is right here: nobody can guess 256 random bits, however fast the hash. The
/// description is redacted. A value; any thread.
package struct KeySecret: Sendable, CustomStringConvertible {
    package let value: String

    package init(_ value: String) {
        self.value = value
    }

    static func random() -> KeySecret {
        KeySecret("hk_" + Base32.encode(AccountSalt.random().bytes))
    }

    var hash: KeyHash {
        KeyHash(bytes: Array(SHA256.hash(data: Data(self.value.utf8))))
    }

    /// The last four characters: enough to recognise a key, no use to anybody else.
    var hint: String { String(self.value.suffix(4)) }

    package var description: String { "KeySecret(redacted)" }
}

/// The SHA-256 of an API key.
struct KeyHash: Hashable, Sendable {
    let bytes: [UInt8]

    var data: Data { Data(self.bytes) }
}
