/// The lane of a call: one number for each user of each source, the same in every process and after every restart.
///
/// FNV-1a, 64 bits (parameters of draft-eastlake-fnv): a collision only makes two users wait for each other, so speed
/// counts and cryptographic strength does not.
enum LaneHash {
    private static let offsetBasis: UInt64 = 0xcbf2_9ce4_8422_2325
    private static let prime: UInt64 = 0x0000_0100_0000_01b3

    /// - Parameters:
    ///   - userId: decides when it is there; else `anonymousId` does. The two never meet in one lane by spelling.
    static func lane(source: String, userId: String?, anonymousId: String?) -> Int64 {
        var hash = self.offsetBasis
        self.add(source, to: &hash)
        if let userId {
            self.add(byte: 0x01, to: &hash)
            self.add(userId, to: &hash)
        } else {
            self.add(byte: 0x02, to: &hash)
            self.add(anonymousId ?? "", to: &hash)
        }
        return Int64(bitPattern: hash)
    }

    private static func add(_ text: String, to hash: inout UInt64) {
        for byte in text.utf8 { self.add(byte: byte, to: &hash) }
        self.add(byte: 0x00, to: &hash)
    }

    private static func add(byte: UInt8, to hash: inout UInt64) {
        hash = (hash ^ UInt64(byte)) &* self.prime
    }
}
