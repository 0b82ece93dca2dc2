/// Makes any text fit for the value of an HTTP header.
enum HeaderText {
    /// The text, with every byte that is not visible ASCII, and `%` itself, percent-encoded.
    ///
    /// Customers choose message ids: one with a line break or a letter beyond ASCII must neither be able to add a
    /// header nor make the call unsendable. Two different texts never become the same.
    static func encode(_ text: String) -> String {
        guard !text.utf8.allSatisfy(Self.isPlain) else { return text }
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            if Self.isPlain(byte) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(Self.hexDigit(byte >> 4))
                encoded.append(Self.hexDigit(byte & 0x0F))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "%")
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
