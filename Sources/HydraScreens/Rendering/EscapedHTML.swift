import Mustache

/// Escapes text for HTML, byte by byte.
///
/// Mustache's own escaping goes by grapheme: a quote that a combining mark follows is another character to it, stays as it
/// is and ends the attribute. The characters that mean something in HTML are single bytes in UTF-8 and stand in no other
/// character, so bytes are the right thing to look at. Any thread.
struct EscapedHTML: MustacheContentType {
    /// What every template names in its first line: `{{% CONTENT_TYPE:HYDRA }}`.
    static let name = "HYDRA"

    init() {}

    func escapeText(_ text: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): escaped += "&amp;".utf8
            case UInt8(ascii: "<"): escaped += "&lt;".utf8
            case UInt8(ascii: ">"): escaped += "&gt;".utf8
            case UInt8(ascii: "\""): escaped += "&quot;".utf8
            case UInt8(ascii: "'"): escaped += "&#39;".utf8
            // They mean something in attributes without quotes. We have none; others' browsers had bugs.
            case UInt8(ascii: "`"): escaped += "&#96;".utf8
            case UInt8(ascii: "="): escaped += "&#61;".utf8
            // HTML has no NUL, nor other controls but white space.
            case 0...0x08, 0x0b, 0x0c, 0x0e...0x1f, 0x7f: escaped += "\u{fffd}".utf8
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
