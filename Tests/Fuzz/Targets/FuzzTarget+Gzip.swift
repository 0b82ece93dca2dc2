import CZlib
import Segment

extension FuzzTarget {
    /// Gzip bodies: what zlib made comes back whole, cut and damaged ones never do, bombs stop at the limit.
    ///
    /// The first byte is the limit in 256 bytes, the second chooses between a body as it is (even) and a text to be
    /// compressed into members (odd), whose number and cut the third gives.
    static let gzip = FuzzTarget("gzip", maximumBytes: 16 << 10) { input in
        guard input.count > 3 else { return }
        let limit = Int(input[0]) << 8
        let content = Array(input.dropFirst(3))
        if input[1] & 1 == 0 {
            try Self.inflateAnything([0x1f, 0x8b] + content, limit: limit)
        } else {
            try Self.inflateMembers(content, members: Int(input[2] & 3) + 1, cut: Int(input[1]), limit: limit)
        }
    }

    private static func inflateAnything(_ body: [UInt8], limit: Int) throws {
        let inflater = Inflater()
        let expected = Self.plainInflate(body, limit: limit)
        switch Self.outcome(inflater, body, limit: limit) {
        case .success(let text):
            try require(text.count <= limit, "the limit holds")
            try require(text == expected, "both read the same")
        case .failure(let failure):
            try require(expected == nil, "both agree that it cannot be read (\(failure))")
        }
        // The stream is used again, whatever happened.
        let sound = try Self.deflate(Array("sound".utf8))
        try require((try? inflater.inflate(sound, limit: 5)) == Array("sound".utf8), "the next body is read")
    }

    private static func inflateMembers(_ text: [UInt8], members: Int, cut: Int, limit: Int) throws {
        var body: [UInt8] = []
        var borders: [Int: Int] = [:]
        var taken = 0
        for member in 0..<members {
            let end = member == members - 1 ? text.count : text.count * (member + 1) / members
            body += try Self.deflate(Array(text[taken..<end]))
            taken = end
            borders[body.count] = taken
        }
        let inflater = Inflater()
        let whole = Self.outcome(inflater, body, limit: text.count)
        try require(whole == .success(text), "members join to the text, up to the limit")
        if !text.isEmpty {
            let tooSmall = Self.outcome(inflater, body, limit: text.count - 1)
            try require(tooSmall == .failure(.tooLarge), "one byte over the limit is too large")
        }
        let longer = Self.outcome(inflater, body + [0], limit: text.count)
        try require(longer == .failure(.padded(1)), "a NUL behind the last member is told apart from damage")
        let length = 2 + cut * (body.count - 2) / 256
        let cutOff = Self.outcome(inflater, Array(body[..<length]), limit: text.count)
        if let border = borders[length] {
            try require(cutOff == .success(Array(text[..<border])), "whole members are read")
        } else {
            try require(cutOff == .failure(.damaged), "a member that was cut off is damaged")
        }
    }

    private static func outcome(
        _ inflater: Inflater,
        _ body: [UInt8],
        limit: Int
    ) -> Result<[UInt8], Inflater.Failure> {
        do throws(Inflater.Failure) {
            return .success(try inflater.inflate(body, limit: limit))
        } catch {
            return .failure(error)
        }
    }

    /// One gzip member, made by zlib.
    private static func deflate(_ text: [UInt8]) throws -> [UInt8] {
        var stream = unsafe z_stream()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
        else { throw Machinery() }
        defer { unsafe deflateEnd(&stream) }
        var text = text
        var packed = [UInt8](repeating: 0, count: text.count + text.count / 1_000 + 128)
        let status = unsafe text.withUnsafeMutableBufferPointer { input in
            unsafe packed.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                return unsafe CZlib.deflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { throw Machinery() }
        return unsafe Array(packed.prefix(Int(stream.total_out)))
    }

    /// All members, inflated byte by byte by zlib alone; nil when damaged or beyond the limit.
    private static func plainInflate(_ body: [UInt8], limit: Int) -> [UInt8]? {
        var body = body
        return unsafe body.withUnsafeMutableBufferPointer { input in
            var text: [UInt8] = []
            var used = 0
            while used < input.count {
                var stream = unsafe z_stream()
                let size = unsafe Int32(MemoryLayout<z_stream>.size)
                guard unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else { return nil }
                defer { unsafe inflateEnd(&stream) }
                unsafe stream.next_in = input.baseAddress?.advanced(by: used)
                unsafe stream.avail_in = UInt32(input.count - used)
                var status = Z_OK
                while status == Z_OK {
                    var byte: UInt8 = 0
                    var written = false
                    unsafe withUnsafeMutablePointer(to: &byte) { output in
                        unsafe stream.next_out = output
                        unsafe stream.avail_out = 1
                        status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
                        written = unsafe stream.avail_out == 0
                    }
                    if written { text.append(byte) }
                    guard text.count <= limit else { return nil }
                }
                guard status == Z_STREAM_END else { return nil }
                used = unsafe input.count - Int(stream.avail_in)
            }
            return text
        }
    }

    /// zlib refused to work: nothing that an input can do.
    private struct Machinery: Error {}
}
