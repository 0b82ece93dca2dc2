private import CXML2
private import Glibc

/// The encodings of pages.
///
/// Stateless; any thread.
enum Charset {
    /// Labels of the WHATWG's Encoding standard that pages use, and what iconv calls the encoding. Others are not
    /// converted: iconv's stateful and rare ones had their holes.
    private static let names: [String: String] = [
        "utf-8": "UTF-8", "utf8": "UTF-8", "unicode-1-1-utf-8": "UTF-8",
        // The standard reads these as windows-1252, as all browsers do.
        "iso-8859-1": "CP1252", "latin1": "CP1252", "l1": "CP1252", "ascii": "CP1252", "us-ascii": "CP1252",
        "windows-1252": "CP1252", "cp1252": "CP1252",
        "iso-8859-2": "ISO-8859-2", "latin2": "ISO-8859-2", "iso-8859-3": "ISO-8859-3", "iso-8859-4": "ISO-8859-4",
        "iso-8859-5": "ISO-8859-5", "iso-8859-6": "ISO-8859-6", "iso-8859-7": "ISO-8859-7",
        "iso-8859-8": "ISO-8859-8", "iso-8859-9": "CP1254", "latin5": "CP1254", "iso-8859-10": "ISO-8859-10",
        "iso-8859-13": "ISO-8859-13", "iso-8859-14": "ISO-8859-14", "iso-8859-15": "ISO-8859-15",
        "iso-8859-16": "ISO-8859-16",
        "windows-1250": "CP1250", "windows-1251": "CP1251", "cp1251": "CP1251", "windows-1253": "CP1253",
        "windows-1254": "CP1254", "windows-1255": "CP1255", "windows-1256": "CP1256", "windows-1257": "CP1257",
        "windows-1258": "CP1258", "windows-874": "CP874", "tis-620": "CP874",
        "koi8-r": "KOI8-R", "koi8-u": "KOI8-U",
        "shift_jis": "CP932", "shift-jis": "CP932", "sjis": "CP932", "windows-31j": "CP932", "euc-jp": "EUC-JP",
        "gb2312": "GB18030", "gbk": "GB18030", "gb18030": "GB18030", "big5": "BIG5-HKSCS", "big5-hkscs": "BIG5-HKSCS",
        "euc-kr": "CP949", "ks_c_5601-1987": "CP949",
        "utf-16": "UTF-16LE", "utf-16le": "UTF-16LE", "utf-16be": "UTF-16BE",
    ]

    /// Bytes in which a page says its encoding (HTML standard, 4.2.5.4).
    private static let declaredWithin = 1_024

    /// A page as UTF-8, without a byte order mark and without NUL; what is not valid is U+FFFD.
    ///
    /// Of what is said the byte order mark counts first, then the header, then the page's own words; without any, what is
    /// not UTF-8 is windows-1252.
    static func utf8(_ bytes: [UInt8], contentType: String) -> [UInt8] {
        let (name, skipped) = self.name(bytes, contentType: contentType)
        let body = bytes[skipped...]
        let text =
            name == "UTF-8"
            ? Array(String(decoding: body, as: UTF8.self).utf8) : self.converted(Array(body), from: name)
        return text.map { $0 == 0 ? UInt8(ascii: " ") : $0 }
    }

    private static func name(_ bytes: [UInt8], contentType: String) -> (String, skipped: Int) {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return ("UTF-8", 3) }
        if bytes.starts(with: [0xfe, 0xff]) { return ("UTF-16BE", 2) }
        if bytes.starts(with: [0xff, 0xfe]) { return ("UTF-16LE", 2) }
        if let said = ContentType.charset(contentType), let name = self.names[said] { return (name, 0) }
        if let said = self.declared(bytes.prefix(self.declaredWithin)), let name = self.names[said] {
            // The declaration could be read byte by byte, so it is not UTF-16, whatever it says.
            return (name.hasPrefix("UTF-16") ? "UTF-8" : name, 0)
        }
        return (self.isUTF8(bytes) ? "UTF-8" : "CP1252", 0)
    }

    /// `charset=` inside the first `<meta …>` that has one.
    private static func declared(_ bytes: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        for tag in text.split(separator: "<") where tag.hasPrefix("meta") {
            let tag = tag.prefix { $0 != ">" }
            guard let found = tag.firstRange(of: "charset") else { continue }
            let rest = tag[found.upperBound...].drop(while: \.isWhitespace)
            guard rest.first == "=" else { continue }
            let value = rest.dropFirst().drop { $0.isWhitespace || $0 == "\"" || $0 == "'" }
            return String(value.prefix { !$0.isWhitespace && !"\"';/".contains($0) })
        }
        return nil
    }

    /// A page that was cut may end inside a character.
    private static func isUTF8(_ bytes: [UInt8]) -> Bool {
        (0...3).contains { String(validating: bytes.dropLast($0), as: UTF8.self) != nil }
    }

    private static func converted(_ bytes: [UInt8], from name: String) -> [UInt8] {
        // iconv_open answers (iconv_t)-1.
        let descriptor = unsafe iconv_open("UTF-8", name)
        guard Int(bitPattern: descriptor) != -1 else {
            return Array(String(decoding: bytes, as: UTF8.self).utf8)
        }
        defer { unsafe iconv_close(descriptor) }
        var input = bytes.map { CChar(bitPattern: $0) }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count * 2)
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe buffer.withUnsafeMutableBufferPointer { buffer in
                var next = input.baseAddress
                var left = input.count
                while left > 0 {
                    var end = buffer.baseAddress
                    var room = buffer.count
                    let result = unsafe iconv(descriptor, &next, &left, &end, &room)
                    let failure = errno
                    unsafe output.append(
                        contentsOf: buffer.prefix(buffer.count - room).map { UInt8(bitPattern: $0) }
                    )
                    guard result == -1 else { continue }
                    switch failure {
                    case E2BIG: continue
                    case EILSEQ where left > 0:
                        output.append(contentsOf: [0xef, 0xbf, 0xbd])
                        unsafe next = next?.advanced(by: 1)
                        left -= 1
                    default: return
                    }
                }
            }
        }
        return output
    }
}
