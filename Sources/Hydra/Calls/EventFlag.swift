/// How a tracked event speaks of the product: Hydra weighs usage by it.
///
/// Read from `properties.eventFlag` by ``init(name:)`` or, without making a string, by ``init(properties:)``. ASCII
/// case does not matter; nothing is trimmed; everything that is not one of the three words, and none at all, is
/// neutral. A value; any thread.
package enum EventFlag: String, Sendable, CaseIterable {
    case negative
    case neutral
    case positive

    /// The flag that a text names.
    package init(name: String) {
        self.init(utf8: name.utf8)
    }

    /// The flag that UTF-8 bytes name.
    init(utf8: some Sequence<UInt8>) {
        if Self.isSame(utf8, Self.positive.rawValue) {
            self = .positive
        } else if Self.isSame(utf8, Self.negative.rawValue) {
            self = .negative
        } else {
            self = .neutral
        }
    }

    /// Whether the bytes spell a word of lower-case letters, whatever their ASCII case.
    private static func isSame(_ utf8: some Sequence<UInt8>, _ word: String) -> Bool {
        var rest = word.utf8.makeIterator()
        for byte in utf8 {
            // Only A–Z are lowered: `| 0x20` on every byte would take "Positi\u{16}e" for a flag.
            let lowered = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            guard lowered == rest.next() else { return false }
        }
        return rest.next() == nil
    }
}
