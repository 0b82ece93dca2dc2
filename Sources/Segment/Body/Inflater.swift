import CZlib

/// Decompresses gzip and deflate bodies; the one owner of a zlib stream.
///
/// One per thread, not Sendable: the stream and its 32 KiB window are reused from body to body. nginx hands request
/// bodies over as they came, and clients set `Content-Encoding` wrongly both ways, so the first two bytes decide.
/// The pointer to the stream is made, used and freed in here alone.
@safe
package final class Inflater {
    /// Why a body cannot be decompressed.
    package enum Failure: Error, Equatable {
        /// Not compressed so after all, cut short, a wrong checksum, or bytes behind the end.
        case damaged
        /// Whole, with nothing but so many NUL bytes behind the end: a buffer that was sent to its last byte.
        case padded(Int)
        /// The output would exceed the limit; inflating stopped there.
        case tooLarge
        /// zlib has no memory for its window.
        case noMemory
    }

    /// What stands around the compressed bytes.
    package enum Format: Sendable {
        /// RFC 1952; one member or several.
        case gzip
        /// RFC 1950, which HTTP calls deflate.
        case zlib
        /// RFC 1951 alone, which some clients call deflate.
        case raw

        /// zlib's `windowBits`: a window of 32 KiB, and which wrapper.
        fileprivate var windowBits: Int32 {
            switch self {
            case .gzip: 15 + 16
            case .zlib: 15
            case .raw: -15
            }
        }
    }

    /// zlib keeps a pointer to this stream in its state, so it has one address for life.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isReady = false

    package init() {
        unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
    }

    deinit {
        if isReady { unsafe inflateEnd(stream) }
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// Whether a body begins as a gzip member does (RFC 1952). JSON cannot: 0x1f is no JSON character.
    package static func isGzip(_ body: [UInt8]) -> Bool {
        body.count >= 2 && body.first == 0x1f && body.dropFirst().first == 0x8b
    }

    /// Decompresses a body; of gzip all members.
    ///
    /// - Parameters:
    ///   - body: begins with the magic bytes where the format has some.
    ///   - limit: the most bytes that may come out.
    package func inflate(_ body: [UInt8], as format: Format = .gzip, limit: Int) throws(Failure) -> [UInt8] {
        try prepare(format)
        var output: [UInt8] = []
        output.reserveCapacity(Self.capacity(for: body, format, limit: limit))
        var outcome: Result<Void, Failure> = .success(())
        unsafe body.withUnsafeBytes { input in
            outcome = unsafe members(of: input, format, into: &output, limit: limit)
        }
        try outcome.get()
        return output
    }

    private func members(
        of input: UnsafeRawBufferPointer,
        _ format: Format,
        into output: inout [UInt8],
        limit: Int
    ) -> Result<Void, Failure> {
        guard let count = UInt32(exactly: input.count) else { return .failure(.tooLarge) }
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress
        )
        unsafe stream.pointee.avail_in = count
        // zlib must not see the input once this call is over.
        defer {
            unsafe stream.pointee.next_in = nil
            unsafe stream.pointee.avail_in = 0
        }
        while true {
            let (status, progressed) = inflateChunk(into: &output, limit: limit)
            if output.count > limit { return .failure(.tooLarge) }
            switch status {
            case Z_STREAM_END:
                let left = unsafe Int(stream.pointee.avail_in)
                if left == 0 { return .success(()) }
                if unsafe input.suffix(left).allSatisfy({ $0 == 0 }) { return .failure(.padded(left)) }
                guard format == .gzip, unsafe inflateReset(stream) == Z_OK else { return .failure(.damaged) }
            case Z_OK where progressed: continue
            // Output may be full and input left over: that is progress. Neither moving means cut short.
            case Z_BUF_ERROR where progressed: continue
            case Z_MEM_ERROR: return .failure(.noMemory)
            default: return .failure(.damaged)
            }
        }
    }

    /// Inflates into a stretch of fresh room; at most one byte beyond the limit, which is enough to know.
    private func inflateChunk(into output: inout [UInt8], limit: Int) -> (status: Int32, progressed: Bool) {
        let spare = max(output.capacity - output.count, Self.leastChunk)
        let room = min(spare, limit &- output.count &+ 1, Self.largestChunk)
        let before = unsafe stream.pointee.avail_in
        var status = Z_BUF_ERROR
        var written = 0
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { chunk in
            unsafe stream.pointee.next_out = chunk.baseAddress
            unsafe stream.pointee.avail_out = UInt32(truncatingIfNeeded: room)
            status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
            written = room - Int(unsafe stream.pointee.avail_out)
            unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: chunk[..<written]))
            unsafe stream.pointee.next_out = nil
        }
        let consumed = unsafe stream.pointee.avail_in != before
        return (status, consumed || written > 0)
    }

    private func prepare(_ format: Format) throws(Failure) {
        if isReady {
            guard unsafe inflateReset2(stream, format.windowBits) == Z_OK else { throw .damaged }
            return
        }
        let size = unsafe Int32(truncatingIfNeeded: MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(stream, format.windowBits, ZLIB_VERSION, size) == Z_OK else { throw .noMemory }
        isReady = true
    }

    /// The least and the most room that is offered to zlib at once, in bytes.
    private static let leastChunk = 16 << 10
    private static let largestChunk = 64 << 10

    /// Room behind the text that lets the JSON parser read it in place instead of copying it, in bytes.
    private static let parserPadding = 64

    /// The last four bytes of a member are its length modulo 2³² (RFC 1952), a hint that is believed up to the limit.
    /// Deflate has none: events shrink to a quarter or less.
    private static func capacity(for body: [UInt8], _ format: Format, limit: Int) -> Int {
        let hint = format == .gzip ? body.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) } : 4 * body.count
        return min(hint, limit) + parserPadding
    }
}
