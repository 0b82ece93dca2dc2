import Crypto
import Foundation

/// Where a page ended, as text for the caller to bring back.
///
/// A page ends at a record, not at a count, so nothing is shown twice or passed over while data arrives. The text is
/// authenticated with the account's salt over the list's name and filters: one that was altered, or brought to another
/// list, is refused. A value; any thread.
struct Cursor: Equatable, Sendable {
    /// The sort key of the page's last item, and its row.
    let position: Int64
    let row: Int64
    /// The sort key where it is a text.
    let text: String

    private static let tagBytes = 12

    /// - Parameter scope: the list and its filters; the same for all pages of a walk.
    func text(scope: String, salt: AccountSalt) -> String {
        let payload = Self.bytes(self.position) + Self.bytes(self.row) + Array(self.text.utf8)
        return Base32.encode(payload + Self.tag(payload, scope, salt))
    }

    /// - Returns: nil if this text is not what ``text(scope:salt:)`` made for the same scope and account.
    init?(text: String, scope: String, salt: AccountSalt) {
        guard let bytes = Base32.decode(text), bytes.count >= 16 + Self.tagBytes else { return nil }
        let payload = Array(bytes.dropLast(Self.tagBytes))
        let tag = Self.tag(payload, scope, salt)
        // Compared without stopping at the first difference, so that a tag cannot be guessed byte by byte.
        guard zip(bytes.suffix(Self.tagBytes), tag).reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0 else { return nil }
        self.init(
            position: Self.integer(payload.prefix(8)),
            row: Self.integer(payload[8..<16]),
            text: String(decoding: payload.dropFirst(16), as: UTF8.self)
        )
    }

    init(position: Int64, row: Int64, text: String = "") {
        self.position = position
        self.row = row
        self.text = text
    }

    private static func tag(_ payload: [UInt8], _ scope: String, _ salt: AccountSalt) -> [UInt8] {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(payload + Array(scope.utf8)),
            using: SymmetricKey(data: salt.bytes)
        )
        return Array(code.prefix(self.tagBytes))
    }

    private static func bytes(_ value: Int64) -> [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> Int64($0)) }
    }

    private static func integer(_ bytes: some Sequence<UInt8>) -> Int64 {
        bytes.reduce(0) { $0 << 8 | Int64($1) }
    }
}
