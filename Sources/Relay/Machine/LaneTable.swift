/// A place in a ``LaneTable``; -1 is none.
typealias LaneSlot = Int32

/// A lane that the relay knows: one with calls in memory, in flight or deferred.
///
/// 40 bytes. A value; one owner.
struct Lane: Sendable {
    /// Where the lane stands. A lane with deferred calls and nothing in memory is in exactly one of: its
    /// destination's heap of due lanes, the list of lanes that wait for a settlement, a read under way.
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        /// Calls of it are deferred (or will be, by settlements that are already ordered): whatever is in memory of
        /// it is deferred too, and newly read calls are parked behind.
        static let deferred = Flags(rawValue: 1)
        /// Deferred calls may stand on disk that are not in memory.
        static let more = Flags(rawValue: 2)
        /// In its destination's queue of lanes that can send.
        static let ready = Flags(rawValue: 4)
        /// Its deferred calls are being read.
        static let loading = Flags(rawValue: 8)
    }

    /// The lane's number in the spool.
    let key: Int64
    /// The batch of settlements that holds its last one: deferred calls are read again only after that is on disk.
    var settledBy: Int64 = 0
    /// The source of its head; it decides the destination.
    var source: SourceSlot
    /// Its queue in memory, in the order of ids.
    var head: CallSlot = -1
    var tail: CallSlot = -1
    var count: Int32 = 0
    var inFlight: CallSlot = -1
    var flags: Flags = []
}

/// All lanes the relay knows, by number.
///
/// A lane costs 40 bytes here and about 20 in the index. A value; one owner.
struct LaneTable: Sendable {
    private var index: [Int64: LaneSlot] = [:]
    private var slots: ContiguousArray<Lane> = []
    private var empty: ContiguousArray<LaneSlot> = []

    /// Known lanes.
    var count: Int { self.index.count }

    /// The slots in use and out of use; see ``isKnown(_:)``.
    var capacity: Int { self.slots.count }

    func find(_ key: Int64) -> LaneSlot? { self.index[key] }

    /// The lane of this number, made known if it was not.
    mutating func findOrInsert(_ key: Int64, source: SourceSlot) -> LaneSlot {
        if let slot = self.index[key] { return slot }
        let slot: LaneSlot
        if let reused = self.empty.popLast() {
            slot = reused
            self.slots[Int(slot)] = Lane(key: key, source: source)
        } else {
            slot = LaneSlot(self.slots.count)
            self.slots.append(Lane(key: key, source: source))
        }
        self.index[key] = slot
        return slot
    }

    mutating func remove(_ slot: LaneSlot) {
        self.index.removeValue(forKey: self.slots[Int(slot)].key)
        self.empty.append(slot)
    }

    /// Whether a slot below ``capacity`` is in use. Not for the hot path.
    func isKnown(_ slot: LaneSlot) -> Bool { self.index[self.slots[Int(slot)].key] == slot }

    subscript(slot: LaneSlot) -> Lane {
        get { self.slots[Int(slot)] }
        set { self.slots[Int(slot)] = newValue }
    }
}
