import Crypto
import Foundation
import HydraEngine

/// Tells our own forms from those of other sites: a code that only somebody who holds the session's secret can make.
///
/// It is masked with random bytes, another time in each page, so that a compressed page tells nothing about it by its
/// length (BREACH). A value; any thread.
enum FormToken {
    static let field = "form_token"
    private static let bytes = 32

    /// - Parameter secret: of the session; see ``SessionToken``.
    static func make(_ secret: [UInt8]) -> String {
        let mask = SecureRandom.bytes(self.bytes)
        return Base32.encode(mask + zip(mask, self.code(secret)).map { $0 ^ $1 })
    }

    /// Takes the same time whatever is wrong with the text.
    static func isValid(_ text: String?, _ secret: [UInt8]) -> Bool {
        guard let text, let masked = Base32.decode(text), masked.count == self.bytes * 2 else { return false }
        let code = zip(masked.prefix(self.bytes), masked.suffix(self.bytes)).map { $0 ^ $1 }
        return SymmetricKey(data: code) == SymmetricKey(data: self.code(secret))
    }

    private static func code(_ secret: [UInt8]) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(for: Data("hydra form".utf8), using: SymmetricKey(data: secret))
        )
    }
}
