/// The ids of calls: the partition in the upper 16 bits, the sequence in the partition's stream in the lower 48. So there may
/// be 256 partitions, of 2⁴⁸ messages each, and the ids of a partition rise.
///
/// Stateless.
enum CallId {
    static let sequenceBits = 48
    static let maximumSequence: UInt64 = (1 << 48) - 1

    static func make(partition: Int, sequence: UInt64) -> Int64 {
        Int64(partition) << Int64(Self.sequenceBits) | Int64(clamping: min(sequence, Self.maximumSequence))
    }

    static func partition(of id: Int64) -> Int { Int(id >> Int64(Self.sequenceBits)) }

    /// The sequence, if the id is one of this partition; the id itself may come from anywhere.
    static func sequence(of id: Int64, in partition: Int) -> UInt64? {
        guard id >= 0, Self.partition(of: id) == partition else { return nil }
        return UInt64(id) & Self.maximumSequence
    }

    /// Where a read of a partition begins that is to return ids above this one.
    static func position(after id: Int64, in partition: Int) -> UInt64 {
        if let sequence = Self.sequence(of: id, in: partition) { return sequence }
        return id < Self.make(partition: partition, sequence: 0) ? 0 : Self.maximumSequence
    }
}
