import CSimdJSON

/// Searches and comparisons that run at the C library's SIMD speed. All bounds are checked before a pointer is used.
extension Span where Element == UInt8 {
    /// The offset of the first `byte` at or behind `start`, or the count when there is none.
    @inline(__always)
    func firstIndex(of byte: UInt8, from start: Int) -> Int {
        precondition(start >= 0 && start <= count)
        return unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return unsafe start + csimdjson_find(base + start, buffer.count - start, byte)
        }
    }

    /// Whether the bytes of `word` stand at `start`.
    @inline(__always)
    func matches(_ word: StaticString, at start: Int) -> Bool {
        word.withUTF8Buffer { matches(unsafe $0.span, at: start) }
    }

    /// Whether the bytes of `word` stand at `start`.
    @inline(__always)
    func matches(_ word: Span<UInt8>, at start: Int) -> Bool {
        guard start >= 0, start <= count, word.count <= count - start else { return false }
        return unsafe withUnsafeBufferPointer { buffer in
            unsafe word.withUnsafeBufferPointer { other in
                guard let base = buffer.baseAddress, let otherBase = other.baseAddress else { return other.isEmpty }
                return unsafe csimdjson_equal(base + start, otherBase, other.count)
            }
        }
    }

    /// Whether the text begins with U+FEFF as UTF-8.
    var startsWithByteOrderMark: Bool {
        count >= 3 && self[0] == 0xEF && self[1] == 0xBB && self[2] == 0xBF
    }
}
