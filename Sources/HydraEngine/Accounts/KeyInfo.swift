/// What may be shown of an API key.
///
/// A value; any thread.
package struct KeyInfo: Sendable {
    /// For `key revoke`.
    package let id: Int64
    package let account: String
    package let name: String
    /// The key, masked.
    package let masked: String
    package let createdAt: Instant
    /// When it stops or stopped working; nil: never.
    package let validUntil: Instant?
}
