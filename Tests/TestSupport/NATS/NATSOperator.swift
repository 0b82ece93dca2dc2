private import Crypto
private import Foundation

/// An operator with one account, which may use JetStream, and what makes its users: what `nsc` would write.
package struct NATSOperator: Sendable {
    /// The keys of NATS: an Ed25519 key as base32, with a letter in front that says whose it is, and a checksum.
    private struct Key: Sendable {
        let key = Curve25519.Signing.PrivateKey()
        /// 14 is an operator, 0 an account, 20 a user.
        let kind: UInt8

        var publicName: String { Self.encode([self.kind << 3] + [UInt8](self.key.publicKey.rawRepresentation)) }

        var seed: String {
            let kind = self.kind << 3
            return Self.encode([18 << 3 | kind >> 5, (kind & 31) << 3] + [UInt8](self.key.rawRepresentation))
        }

        private static func encode(_ bytes: [UInt8]) -> String {
            var crc: UInt16 = 0
            for byte in bytes {
                crc ^= UInt16(byte) << 8
                for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
            }
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
            var text = ""
            var buffer: UInt32 = 0
            var bits = 0
            for byte in bytes + [UInt8(crc & 255), UInt8(crc >> 8)] {
                buffer = buffer << 8 | UInt32(byte)
                bits += 8
                while bits >= 5 {
                    bits -= 5
                    text.append(alphabet[Int(buffer >> UInt32(bits) & 31)])
                }
                buffer &= (1 << UInt32(bits)) - 1
            }
            if bits > 0 { text.append(alphabet[Int(buffer << UInt32(5 - bits) & 31)]) }
            return text
        }
    }

    private let keys = Key(kind: 14)
    private let account = Key(kind: 0)
    /// Of the servers themselves: without it they have no JetStream.
    private let system = Key(kind: 0)
    private let operatorToken: String
    private let accountToken: String
    private let systemToken: String

    package init() throws {
        self.operatorToken = try Self.token(name: "tests", of: self.keys, by: self.keys, ["type": "operator"])
        let common = ["subs", "data", "payload", "imports", "exports", "conn", "leaf"]
        self.systemToken = try Self.token(
            name: "system",
            of: self.system,
            by: self.keys,
            ["type": "account", "limits": Dictionary(uniqueKeysWithValues: common.map { ($0, -1) })]
        )
        let limits = common + ["mem_storage", "disk_storage", "streams", "consumer"]
        self.accountToken = try Self.token(
            name: "hydra",
            of: self.account,
            by: self.keys,
            ["type": "account", "limits": Dictionary(uniqueKeysWithValues: limits.map { ($0, -1) })]
        )
    }

    /// What a server needs to know the operator and the account.
    package var serverConfiguration: String {
        """
        operator: \(self.operatorToken)
        resolver: MEMORY
        system_account: \(self.system.publicName)
        resolver_preload: {
            \(self.system.publicName): \(self.systemToken)
            \(self.account.publicName): \(self.accountToken)
        }
        """
    }

    /// The text of a user's `.creds` file; optionally with a key that is not the user's.
    package func credentials(withKeyOfAnother isWrong: Bool = false) throws -> String {
        let user = Key(kind: 20)
        let token = try Self.token(
            name: "gateway",
            of: user,
            by: self.account,
            ["type": "user", "subs": -1, "data": -1, "payload": -1]
        )
        return """
            -----BEGIN NATS USER JWT-----
            \(token)
            ------END NATS USER JWT------

            -----BEGIN USER NKEY SEED-----
            \((isWrong ? Key(kind: 20) : user).seed)
            ------END USER NKEY SEED------

            """
    }

    private static func token(name: String, of subject: Key, by issuer: Key, _ nats: [String: Any]) throws -> String {
        let claims: [String: Any] = [
            "jti": UUID().uuidString, "iat": Int(Date().timeIntervalSince1970), "iss": issuer.publicName,
            "name": name, "sub": subject.publicName, "nats": nats.merging(["version": 2]) { $1 },
        ]
        let header = Self.text(Data(#"{"typ":"JWT","alg":"ed25519-nkey"}"#.utf8))
        let signed = "\(header).\(Self.text(try JSONSerialization.data(withJSONObject: claims)))"
        return "\(signed).\(Self.text(try issuer.key.signature(for: Data(signed.utf8))))"
    }

    /// Base64 for URLs, without padding.
    private static func text(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
