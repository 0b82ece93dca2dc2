/// Follows the names and values of a parameter stream (specification, section 3.4) without copying them.
///
/// libfcgi allocates what a length claims before it has read it, and joins lengths without doubt: only streams that
/// this has followed to their end reach it. A value, no I/O.
struct ParameterScanner: Sendable {
    private enum Expected {
        case nameLength
        case valueLength
    }

    private var expected = Expected.nameLength
    /// Bytes of a four-byte length that are still to come, and what the bytes so far make.
    private var lengthBytesLeft = 0
    private var length = 0
    private var nameLength = 0
    /// Bytes of the current name and value that are still to come.
    private var contentLeft = 0

    /// Pairs begun so far.
    private(set) var pairs = 0
    /// Bytes of names and values, as the lengths claim.
    private(set) var contentBytes = 0

    /// Whether the stream may end here.
    var isAtBoundary: Bool {
        self.contentLeft == 0 && self.expected == .nameLength && self.lengthBytesLeft == 0
    }

    mutating func scan(_ bytes: Span<UInt8>) {
        var index = 0
        while index < bytes.count {
            if self.contentLeft > 0 {
                let step = min(self.contentLeft, bytes.count &- index)
                self.contentLeft &-= step
                index &+= step
                continue
            }
            if self.isAtBoundary { self.skipShortPairs(bytes, &index) }
            guard self.contentLeft == 0, index < bytes.count else { continue }
            let byte = bytes[index]
            index &+= 1
            if self.lengthBytesLeft > 0 {
                self.length = self.length &<< 8 | Int(byte)
                self.lengthBytesLeft &-= 1
                if self.lengthBytesLeft == 0 { self.take(self.length) }
            } else if byte & 0x80 != 0 {
                self.length = Int(byte & 0x7f)
                self.lengthBytesLeft = 3
            } else {
                self.take(Int(byte))
            }
        }
    }

    /// Passes over pairs whose lengths are of one byte each, as nearly all are; `index` is where a pair begins.
    private mutating func skipShortPairs(_ bytes: Span<UInt8>, _ index: inout Int) {
        var next = index
        var passed = 0
        var content = 0
        while bytes.count &- next >= 2, bytes[next] & 0x80 == 0, bytes[next &+ 1] & 0x80 == 0 {
            let length = Int(bytes[next]) &+ Int(bytes[next &+ 1])
            passed &+= 1
            content &+= length
            next &+= 2
            let step = min(length, bytes.count &- next)
            next &+= step
            // The rest of the last one is in the next piece.
            self.contentLeft = length &- step
        }
        index = next
        self.pairs &+= passed
        self.contentBytes &+= content
    }

    /// `length` is below 2³¹, so no sum of two overflows.
    private mutating func take(_ length: Int) {
        switch self.expected {
        case .nameLength:
            self.nameLength = length
            self.expected = .valueLength
        case .valueLength:
            self.contentLeft = self.nameLength &+ length
            self.contentBytes = self.contentBytes &+ self.contentLeft
            self.pairs &+= 1
            self.expected = .nameLength
        }
    }
}
