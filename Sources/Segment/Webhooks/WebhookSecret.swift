package import Crypto

/// The secret that a source shares with a Segment webhook destination.
///
/// A plain value; any thread. It is kept as a key, never as text, and prints nothing of itself.
package struct WebhookSecret: Sendable, Equatable {
    /// The key of the HMAC; comparing two takes the same time wherever they differ.
    package let key: SymmetricKey

    /// Takes the secret as it stands in Segment's and in our configuration; nil when it is empty.
    package init?(_ secret: String) {
        guard !secret.isEmpty else { return nil }
        key = SymmetricKey(data: Array(secret.utf8))
    }
}

extension WebhookSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always the same text.
    package var description: String { "WebhookSecret(redacted)" }

    /// The same as ``description``.
    package var debugDescription: String { description }

    /// Shows nothing of the secret to `dump` and test output either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
