import CZlib

/// Decompresses gzip bodies; the one owner of a zlib stream.
///
/// One per thread, not Sendable: the stream and its 32 KiB window are reused from body to body. nginx hands request
/// bodies over as they came, and clients set `Content-Encoding` wrongly both ways, so the first two bytes decide.
/// The pointer to the stream is made, used and freed in here alone.
@safe
package final class Inflater {
    /// Why a body cannot be decompressed.
    package enum Failure: Error, Equatable {
        /// Not gzip after all, cut short, a wrong checksum, or bytes behind the last member.
        case damaged
        /// The output would exceed the limit; inflating stopped there.
        case tooLarge
        /// zlib has no memory for its window.
        case noMemory
    }

    /// zlib keeps a pointer to this stream in its state, so it has one address for life.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isReady = false

    /// Window of 32 KiB, gzip wrapper only: zlib's `windowBits`.
    private static let gzipWindow: Int32 = 15 + 16

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

    /// Decompresses all members of a gzip body.
    ///
    /// - Parameters:
    ///   - body: begins with the magic bytes.
    ///   - limit: the most bytes that may come out.
    package func inflate(_ body: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        try prepare()
        var output: [UInt8] = []
        output.reserveCapacity(Self.capacity(for: body, limit: limit))
        var outcome: Result<Void, Failure> = .success(())
        unsafe body.withUnsafeBytes { input in
            outcome = unsafe members(of: input, into: &output, limit: limit)
        }
        try outcome.get()
        return output
    }

    private func members(
        of input: UnsafeRawBufferPointer,
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
                if unsafe stream.pointee.avail_in == 0 { return .success(()) }
                guard unsafe inflateReset(stream) == Z_OK else { return .failure(.damaged) }
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

    private func prepare() throws(Failure) {
        if isReady {
            guard unsafe inflateReset(stream) == Z_OK else { throw .damaged }
            return
        }
        let size = unsafe Int32(truncatingIfNeeded: MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(stream, Self.gzipWindow, ZLIB_VERSION, size) == Z_OK else { throw .noMemory }
        isReady = true
    }

    /// The least and the most room that is offered to zlib at once, in bytes.
    private static let leastChunk = 16 << 10
    private static let largestChunk = 64 << 10

    /// Room behind the text that lets the JSON parser read it in place instead of copying it, in bytes.
    private static let parserPadding = 64

    /// The last four bytes of a member are its length modulo 2³² (RFC 1952), a hint that is believed up to the limit.
    private static func capacity(for body: [UInt8], limit: Int) -> Int {
        let hint = body.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        return min(hint, limit) + parserPadding
    }
}
