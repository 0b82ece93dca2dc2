/// Integers in as few bytes as they need: zigzag and base 128, as Protocol Buffers have them.
enum VariableIntegers {
    struct Writer {
        private(set) var bytes: [UInt8] = []

        mutating func append(_ value: Int64) {
            var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
            while rest >= 0x80 {
                self.bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            self.bytes.append(UInt8(truncatingIfNeeded: rest))
        }
    }

    struct Reader {
        private var rest: ArraySlice<UInt8>

        init(_ bytes: [UInt8]) {
            self.rest = bytes[...]
        }

        var isAtEnd: Bool { self.rest.isEmpty }

        /// - Returns: nil at the end, and where a number does not end.
        mutating func next() -> Int64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while shift < 64, let byte = self.rest.popFirst() {
                value |= UInt64(byte & 0x7F) << shift
                if byte & 0x80 == 0 { return Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1))) }
                shift += 7
            }
            return nil
        }
    }
}
