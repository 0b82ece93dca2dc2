import Crypto
import CryptoExtras
import Foundation
import HydraEngine

/// A password as it is kept: `scrypt$32768,8,3$SALT$HASH`, the parameters beside the hash, so that they can grow later.
///
/// A value; any thread. Hashing takes some tenths of a second and 32 MiB; see ``PasswordWorker``.
package struct PasswordHash: Sendable, Equatable {
    /// What OWASP's password storage cheat sheet asks of scrypt.
    package struct Cost: Sendable, Equatable {
        /// A power of two. It and the block size decide the memory: 128 bytes times both.
        package var rounds: Int
        package var blockSize: Int
        package var parallelism: Int

        package init(rounds: Int = 1 << 15, blockSize: Int = 8, parallelism: Int = 3) {
            self.rounds = rounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// What a damaged store may not ask for: more than 1 GiB.
        fileprivate var isSane: Bool {
            (2...(1 << 20)).contains(self.rounds) && self.rounds.nonzeroBitCount == 1
                && (1...32).contains(self.blockSize) && (1...16).contains(self.parallelism)
                && self.rounds * self.blockSize * self.parallelism <= 1 << 23
        }
    }

    private static let hashBytes = 32
    private static let saltBytes = 16

    let cost: Cost
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// Hashes a new password with a random salt.
    package init(of password: String, cost: Cost = Cost()) throws {
        let salt = SecureRandom.bytes(Self.saltBytes)
        self.cost = cost
        self.salt = salt
        self.hash = try Self.derive(password, salt, cost)
    }

    /// - Returns: nil for what ``text`` has not written.
    package init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "scrypt" else { return nil }
        let numbers = parts[1].split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard numbers.count == 3, let salt = Base32.decode(parts[2]), let hash = Base32.decode(parts[3]),
            salt.count == Self.saltBytes, hash.count == Self.hashBytes
        else { return nil }
        self.cost = Cost(rounds: numbers[0], blockSize: numbers[1], parallelism: numbers[2])
        self.salt = salt
        self.hash = hash
        guard self.cost.isSane else { return nil }
    }

    /// What ``init(text:)`` reads.
    package var text: String {
        "scrypt$\(self.cost.rounds),\(self.cost.blockSize),\(self.cost.parallelism)"
            + "$\(Base32.encode(self.salt))$\(Base32.encode(self.hash))"
    }

    /// Whether this is the password, in a time that does not depend on how much of it is right.
    package func matches(_ password: String) throws -> Bool {
        SymmetricKey(data: self.hash) == SymmetricKey(data: try Self.derive(password, self.salt, self.cost))
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: Cost) throws -> [UInt8] {
        // One spelling, whichever keyboard composed the letters.
        let bytes = Data(password.precomposedStringWithCanonicalMapping.utf8)
        let key = try KDF.Scrypt.deriveKey(
            from: bytes,
            salt: salt,
            outputByteCount: self.hashBytes,
            rounds: cost.rounds,
            blockSize: cost.blockSize,
            parallelism: cost.parallelism
        )
        return unsafe key.withUnsafeBytes { unsafe Array($0) }
    }
}
