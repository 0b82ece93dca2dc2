import Crypto
import HydraLimits
import JSON

/// The sender's id of a message, as it travels.
///
/// Hydra and the header that carries the id take 1,024 characters. A longer id is no reason to lose the event, so its
/// SHA-256 travels in its place: equal ids stay equal, and repeats are found. The event keeps the id as it was sent. An
/// immutable value; any thread.
struct MessageIdentifier: Sendable {
    /// Never empty, and never longer than ``maximumBytes``.
    let text: String
    /// The JSON string behind ``text``; nil where the text was made here.
    let source: JSONValue?
    /// The value as it was sent, where its hash travels.
    let original: JSONValue?

    /// Bytes of an id that travels as it is.
    static let maximumBytes = CallLimits.identifierCharacters

    /// The member that keeps the id as it was sent beside the hash.
    static let originalName: StaticString = "originalMessageId"

    /// Reads the member `messageId`: a string, or a number written plainly. nil for everything else, and for an empty
    /// string.
    init?(_ value: JSONValue?) {
        guard let value else { return nil }
        let text: String
        let isString: Bool
        if let string = value.string {
            (text, isString) = (string, true)
        } else if let number = value.numberText {
            (text, isString) = (value.plainNumber ?? number, false)
        } else {
            return nil
        }
        guard !text.isEmpty else { return nil }
        if text.utf8.count <= Self.maximumBytes {
            self.text = text
            self.source = isString ? value : nil
            self.original = nil
        } else {
            self.text = Self.hash(text)
            self.source = nil
            self.original = value
        }
    }

    private static func hash(_ text: String) -> String {
        var hash = "sha256-"
        hash.reserveCapacity(71)
        for byte in SHA256.hash(data: Array(text.utf8)) {
            for digit in [byte >> 4, byte & 0x0f] {
                hash.unicodeScalars.append(Unicode.Scalar(digit < 10 ? 0x30 + digit : 0x57 + digit))
            }
        }
        return hash
    }
}
