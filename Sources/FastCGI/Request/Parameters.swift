/// The parameters of a request, in one piece of memory.
///
/// Each pair is: length of the name (4 bytes), length of the value (4 bytes), name, value. Front servers send about 25
/// pairs and a handler asks for about 5, so walking along is faster than building a table. Threads: all; a value.
struct Parameters: Sendable {
    /// Bytes that a pair takes besides its name and value.
    static let overhead = 8

    let storage: [UInt8]

    static let none = Parameters(storage: [])

    /// The first pair of that name, as libfcgi's FCGX_GetParam has it.
    func withValue<R>(_ name: StaticString, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        name.withUTF8Buffer { name in
            unsafe self.withValue(UnsafeRawBufferPointer(name), body)
        }
    }

    func withValue<R>(_ name: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        unsafe self.storage.withUnsafeBytes { bytes in
            var offset = 0
            while let pair = unsafe Self.pair(in: bytes, at: offset) {
                if pair.name.count == name.count, unsafe Self.isEqual(bytes, pair.name.lowerBound, name) {
                    return unsafe body(UnsafeRawBufferPointer(rebasing: bytes[pair.value]))
                }
                offset = pair.value.upperBound
            }
            return nil
        }
    }

    /// Slow: two strings a pair.
    var all: [(name: String, value: String)] {
        unsafe self.storage.withUnsafeBytes { bytes in
            var pairs: [(name: String, value: String)] = []
            var offset = 0
            while let pair = unsafe Self.pair(in: bytes, at: offset) {
                unsafe pairs.append(
                    (
                        String(decoding: bytes[pair.name], as: UTF8.self),
                        String(decoding: bytes[pair.value], as: UTF8.self)
                    )
                )
                offset = pair.value.upperBound
            }
            return pairs
        }
    }

    private static func pair(
        in bytes: UnsafeRawBufferPointer,
        at offset: Int
    ) -> (name: Range<Int>, value: Range<Int>)? {
        let name = offset &+ Self.overhead
        guard name <= bytes.count else { return nil }
        let nameLength = unsafe Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        let valueLength = unsafe Int(bytes.loadUnaligned(fromByteOffset: offset &+ 4, as: UInt32.self))
        let value = name &+ nameLength
        let end = value &+ valueLength
        guard end <= bytes.count else { return nil }
        return (name..<value, value..<end)
    }

    private static func isEqual(
        _ bytes: UnsafeRawBufferPointer,
        _ offset: Int,
        _ name: UnsafeRawBufferPointer
    ) -> Bool {
        for index in 0..<name.count where unsafe bytes[offset &+ index] != name[index] { return false }
        return true
    }
}
