/// Bytes of FastCGI records, made by hand: also those that no front server sends.
package enum FastCGIRecord {
    package static func make(
        type: UInt8,
        request: UInt16 = 1,
        content: [UInt8] = [],
        padding: Int = 0,
        version: UInt8 = 1
    ) -> [UInt8] {
        let count = content.count
        return [
            version, type, UInt8(request >> 8), UInt8(request & 0xff),
            UInt8(count >> 8), UInt8(count & 0xff), UInt8(padding), 0,
        ] + content + [UInt8](repeating: 0xee, count: padding)
    }

    package static func begin(
        request: UInt16 = 1,
        role: UInt16 = 1,
        keep: Bool = true,
        padding: Int = 0
    ) -> [UInt8] {
        self.make(
            type: 1,
            request: request,
            content: [UInt8(role >> 8), UInt8(role & 0xff), keep ? 1 : 0, 0, 0, 0, 0, 0],
            padding: padding
        )
    }

    package static func abort(request: UInt16 = 1) -> [UInt8] {
        self.make(type: 2, request: request)
    }

    /// Names and values as the parameter stream has them.
    package static func pairs(_ pairs: [(String, String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in pairs {
            self.length(name.utf8.count, to: &bytes)
            self.length(value.utf8.count, to: &bytes)
            bytes += name.utf8
            bytes += value.utf8
        }
        return bytes
    }

    private static func length(_ count: Int, to bytes: inout [UInt8]) {
        if count < 128 {
            bytes.append(UInt8(count))
        } else {
            bytes += [
                UInt8(count >> 24 & 0x7f) | 0x80, UInt8(count >> 16 & 0xff), UInt8(count >> 8 & 0xff),
                UInt8(count & 0xff),
            ]
        }
    }

    /// A stream of one type in records of at most `piece` bytes, and the empty record that ends it.
    package static func stream(
        type: UInt8,
        request: UInt16 = 1,
        _ bytes: [UInt8],
        piece: Int = 65_535,
        padding: Int = 0
    ) -> [UInt8] {
        var records: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            records += self.make(type: type, request: request, content: Array(rest.prefix(piece)), padding: padding)
            rest = rest.dropFirst(piece)
        }
        return records + self.make(type: type, request: request)
    }

    /// A whole request as nginx sends it.
    package static func request(
        id: UInt16 = 1,
        keep: Bool = true,
        _ parameters: [(String, String)] = [("REQUEST_METHOD", "POST"), ("DOCUMENT_URI", "/v1/track")],
        body: [UInt8] = [],
        piece: Int = 32 << 10,
        padding: Int = 0
    ) -> [UInt8] {
        self.begin(request: id, keep: keep)
            + self.stream(type: 4, request: id, self.pairs(parameters), piece: piece, padding: padding)
            + self.stream(type: 5, request: id, body, piece: piece, padding: padding)
    }
}
