internal import Spool

/// A place in a ``CallPool``; -1 is none.
typealias CallSlot = Int32

/// The calls in memory: slots in one array, linked to the queues of their lanes by index, so that a call costs no
/// allocation of its own and no reference is followed to find its neighbour.
///
/// The array grows to the most calls that were ever in memory at once, which the window bounds. A value; one owner.
struct CallPool: Sendable {
    /// A call, or an empty place (then `next` leads to the next empty one).
    struct Slot: Sendable {
        fileprivate(set) var call: StoredCall?
        /// The next call of the lane, or -1.
        var next: CallSlot = -1
        var lane: LaneSlot = -1
        var source: SourceSlot = -1
        var isInFlight = false
    }

    private(set) var slots: ContiguousArray<Slot> = []
    private var firstEmpty: CallSlot = -1

    /// Calls in memory.
    private(set) var count = 0

    /// Bytes of their bodies.
    private(set) var bytes = 0

    /// Takes a call in.
    mutating func insert(_ call: StoredCall, lane: LaneSlot, source: SourceSlot) -> CallSlot {
        self.count += 1
        self.bytes += call.body.count
        let filled = Slot(call: call, lane: lane, source: source)
        guard self.firstEmpty >= 0 else {
            self.slots.append(filled)
            return CallSlot(self.slots.count - 1)
        }
        let slot = self.firstEmpty
        self.firstEmpty = self.slots[Int(slot)].next
        self.slots[Int(slot)] = filled
        return slot
    }

    /// Lets a call go.
    ///
    /// - Precondition: the slot holds a call.
    mutating func remove(_ slot: CallSlot) -> StoredCall {
        guard let call = self.slots[Int(slot)].call else { preconditionFailure("the slot holds no call") }
        self.slots[Int(slot)] = Slot(call: nil, next: self.firstEmpty)
        self.firstEmpty = slot
        self.count -= 1
        self.bytes -= call.body.count
        return call
    }

    /// The call in a slot.
    ///
    /// - Precondition: the slot holds a call.
    func call(_ slot: CallSlot) -> StoredCall {
        guard let call = self.slots[Int(slot)].call else { preconditionFailure("the slot holds no call") }
        return call
    }

    // Single fields, so that no call is retained for looking at them.

    func holdsCall(_ slot: CallSlot) -> Bool { self.slots[Int(slot)].call != nil }

    func next(_ slot: CallSlot) -> CallSlot { self.slots[Int(slot)].next }

    func lane(_ slot: CallSlot) -> LaneSlot { self.slots[Int(slot)].lane }

    func source(_ slot: CallSlot) -> SourceSlot { self.slots[Int(slot)].source }

    func isInFlight(_ slot: CallSlot) -> Bool { self.slots[Int(slot)].isInFlight }

    mutating func setNext(_ slot: CallSlot, to next: CallSlot) { self.slots[Int(slot)].next = next }

    mutating func setInFlight(_ slot: CallSlot, _ isInFlight: Bool) { self.slots[Int(slot)].isInFlight = isInFlight }
}
