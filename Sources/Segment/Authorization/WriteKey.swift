import Crypto

/// The key by which a sender says which source it is. Public in browsers, but still never printed.
///
/// A plain value; any thread.
package struct WriteKey: Hashable, Sendable {
    /// The key as sent.
    package let value: String

    /// The longest key that is looked at, in UTF-8 bytes. Segment's own are 32 characters.
    package static let maximumBytes = 256

    /// Takes a key; nil when it is empty, longer than ``maximumBytes`` or has control characters, which no
    /// configured key can have.
    package init?(_ value: String) {
        let bytes = value.utf8
        guard !bytes.isEmpty, bytes.count <= Self.maximumBytes else { return nil }
        guard bytes.allSatisfy({ !$0.isControl }) else { return nil }
        self.value = value
    }

    /// Compares without telling by its duration how much of the keys agrees.
    package func constantTimeEquals(_ other: WriteKey) -> Bool {
        // Digests have one length, and their comparison takes the same time wherever they differ.
        SHA256.hash(data: Array(value.utf8)) == SHA256.hash(data: Array(other.value.utf8))
    }
}

extension WriteKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always the same text: keys stay out of logs by construction.
    package var description: String { "WriteKey(redacted)" }

    /// The same as ``description``.
    package var debugDescription: String { description }

    /// Shows nothing of the key to `dump` and test output either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
