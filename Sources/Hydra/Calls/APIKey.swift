private import Crypto

/// The secret that a person copies from Hydra's Settings → Integrations into the gateway's configuration.
///
/// Its description is redacted, so that it cannot reach a log by interpolation; ask for ``value`` where the secret
/// itself is meant. Two keys are compared by the SHA-256 of their values. A value; any thread.
package struct APIKey: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The secret.
    package let value: String

    /// The first eight bytes, big endian, of the SHA-256 of ``value``: tells accounts apart without telling the
    /// secret. Deduplication of message ids is scoped by it, so it is stable over versions and machines.
    package let scope: UInt64

    package init(_ value: String) {
        self.value = value
        self.scope = SHA256.hash(data: Array(value.utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    package var description: String { "APIKey(redacted)" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    package static func == (left: APIKey, right: APIKey) -> Bool {
        // Keys of equal scope and different value do not happen; comparing both keeps `==` exact all the same.
        left.scope == right.scope && left.value == right.value
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.scope)
    }
}
