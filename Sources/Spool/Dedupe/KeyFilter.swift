/// A Bloom filter whose bits of one key lie in one cache line: eight words of 64 bits, one bit in each.
///
/// At 16 bits a key about one absent key in a thousand passes. A plain value; used on the committer thread.
struct KeyFilter: Sendable {
    /// What a filter of a given number of keys is sized by.
    static let bitsPerKey = 16

    private static let wordsPerBlock = 8
    private static let bitsPerBlock = 512

    private var words: [UInt64]
    private var blockMask: UInt64

    /// - Parameter keys: how many keys it is to hold.
    init(keys: Int) {
        var blocks = 1
        while blocks * Self.bitsPerBlock < keys * Self.bitsPerKey { blocks *= 2 }
        self.words = [UInt64](repeating: 0, count: blocks * Self.wordsPerBlock)
        self.blockMask = UInt64(blocks - 1)
    }

    /// Reads what ``bytes`` wrote; nil if it cannot be that.
    init?(bytes: UnsafeRawBufferPointer) {
        let blocks = bytes.count / (Self.bitsPerBlock / 8)
        guard blocks > 0, blocks * (Self.bitsPerBlock / 8) == bytes.count, blocks & (blocks - 1) == 0 else {
            return nil
        }
        self.words = (0..<blocks * Self.wordsPerBlock).map { index in
            unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        self.blockMask = UInt64(blocks - 1)
    }

    /// The filter for the disk: its words, little-endian.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.words.count * 8)
        for word in self.words {
            unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    mutating func insert(_ key: DedupeKey) {
        let mixed = key.mixed
        var block = Int(mixed & self.blockMask) * Self.wordsPerBlock
        var positions = Self.positions(mixed)
        for _ in 0..<Self.wordsPerBlock {
            self.words[block] |= 1 << (positions & 63)
            positions >>= 6
            block += 1
        }
    }

    /// False: the key was never inserted. True: it probably was.
    func mayContain(_ key: DedupeKey) -> Bool {
        let mixed = key.mixed
        var block = Int(mixed & self.blockMask) * Self.wordsPerBlock
        var positions = Self.positions(mixed)
        for _ in 0..<Self.wordsPerBlock {
            if self.words[block] & (1 << (positions & 63)) == 0 { return false }
            positions >>= 6
            block += 1
        }
        return true
    }

    /// Halves the filter until it is as large as `keys` keys need: blocks are picked by low bits, so that two halves laid
    /// over each other are the smaller filter.
    mutating func shrink(toKeys keys: Int) {
        while self.words.count > Self.wordsPerBlock,
            self.words.count / 2 * 64 >= keys * Self.bitsPerKey
        {
            let half = self.words.count / 2
            for index in 0..<half { self.words[index] |= self.words[half + index] }
            self.words.removeLast(half)
            self.blockMask >>= 1
        }
    }

    /// Eight bit positions of six bits each, from bits that the block was not picked by.
    private static func positions(_ mixed: UInt64) -> UInt64 {
        let bits = (mixed ^ (mixed >> 32)) &* 0xD6E8_FEB8_6659_FD93
        return bits >> 16
    }
}
