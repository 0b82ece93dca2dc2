/// Cuts a page before a tag that is too long.
///
/// libxml2 compares each attribute of a tag with all before it: a tag of half a megabyte would take it tens of seconds.
/// Inside quotes a `>` does not end a tag, as the parser has it: quotes count directly behind a `=` only. Stateless; any
/// thread.
enum TagLimit {
    static func cut(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var start: Int?
        var quote: UInt8?
        /// The last byte that is not white space.
        var last: UInt8 = 0
        for (index, byte) in bytes.enumerated() {
            guard let opened = start else {
                // A tag's name begins with a letter; closing tags and comments have no attributes.
                if last == UInt8(ascii: "<"), (byte | 0x20) >= UInt8(ascii: "a"), (byte | 0x20) <= UInt8(ascii: "z") {
                    start = index - 1
                }
                last = byte
                continue
            }
            guard index - opened <= SourcingLimits.tagBytes else { return bytes[..<opened] }
            if let open = quote {
                if byte == open {
                    quote = nil
                    last = byte
                }
                continue
            }
            switch byte {
            case UInt8(ascii: ">"):
                start = nil
                last = byte
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if last == UInt8(ascii: "=") { quote = byte }
                last = byte
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): break
            default: last = byte
            }
        }
        return bytes[...]
    }
}
