/// What a body is in that is no JSON as it stands: for decompressing it, and for saying what is wrong in the sender's
/// words instead of naming the byte that a parser stumbled over. Stateless.
enum BodyForm {
    /// How a body is compressed. Its bytes decide, because clients set `Content-Encoding` wrongly both ways; only raw
    /// deflate has no mark of its own, and there the header is believed.
    static func compression(of body: [UInt8], contentEncoding: String?) -> Inflater.Format? {
        if Inflater.isGzip(body) { return .gzip }
        guard let first = body.first, let second = body.dropFirst().first else { return nil }
        // RFC 1950: method 8, a window of up to 32 KiB, and a check over both bytes. `8` and `H`, `X`, `h`, `x` could
        // begin so, but no JSON object or array.
        if first & 0x0f == 8, first >> 4 <= 7, (UInt(first) << 8 | UInt(second)) % 31 == 0 { return .zlib }
        guard encodings(contentEncoding).contains("deflate") else { return nil }
        let start = body.first { !isBlank($0) }
        return start == UInt8(ascii: "{") || start == UInt8(ascii: "[") ? nil : .raw
    }

    /// The cause behind a body that is not JSON; nil where the parser's own words say it best.
    ///
    /// - Parameter offset: where the parser gave up.
    static func cause(of text: [UInt8], at offset: Int, contentEncoding: String?) -> String? {
        if let name = wideEncoding(of: text) { return "The body is in \(name). Encode the text as UTF-8." }
        if let name = compressor(of: text, encodings(contentEncoding)) {
            return "The body is compressed with \(name), which is not understood. Send gzip, deflate or no compression."
        }
        let padding = text.dropFirst(max(0, offset))
        if offset > 0, !padding.isEmpty, padding.allSatisfy({ $0 == 0 }) {
            return
                "The JSON is followed by NUL bytes (\(padding.count)). Count the text alone into Content-Length, without "
                + "the terminator or the rest of the buffer."
        }
        if isForm(text) { return "The body is a form, not JSON. Send JSON, with any Content-Type." }
        return nil
    }

    /// UTF-16 and UTF-32, by their byte order marks, or by the NULs beside the first character.
    private static func wideEncoding(of text: [UInt8]) -> String? {
        let head = Array(text.prefix(4))
        guard head.count == 4 else { return nil }
        switch (head[0], head[1], head[2], head[3]) {
        case (0xff, 0xfe, 0, 0), (0, 0, 0xfe, 0xff): return "UTF-32"
        case (0xff, 0xfe, _, _), (0xfe, 0xff, _, _): return "UTF-16"
        case (let first, 0, 0, 0) where first != 0: return "UTF-32"
        case (0, 0, 0, let last) where last != 0: return "UTF-32"
        case (let first, 0, let third, 0) where first != 0 && third != 0: return "UTF-16"
        case (0, let second, 0, let last) where second != 0 && last != 0: return "UTF-16"
        default: return nil
        }
    }

    private static func compressor(of text: [UInt8], _ encodings: [String]) -> String? {
        if text.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) { return "Zstandard" }
        if text.starts(with: [0x42, 0x5a, 0x68]) { return "bzip2" }
        if text.starts(with: [0x50, 0x4b, 3, 4]) { return "ZIP" }
        if text.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a]) { return "xz" }
        if encodings.contains("br") { return "Brotli" }
        if encodings.contains("zstd") { return "Zstandard" }
        if encodings.contains("compress") || encodings.contains("x-compress") { return "compress" }
        return nil
    }

    /// `name=…` with a name of letters, or the boundary of a multipart form.
    private static func isForm(_ text: [UInt8]) -> Bool {
        if text.starts(with: "--".utf8) { return true }
        let name = text.prefix { $0.lowercased >= UInt8(ascii: "a") && $0.lowercased <= UInt8(ascii: "z") }
        return !name.isEmpty && text.dropFirst(name.count).first == UInt8(ascii: "=")
    }

    private static func encodings(_ header: String?) -> [String] {
        (header ?? "").split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0d).contains(byte)
    }
}
