/// A place in a ``SourceTable``; -1 is none.
typealias SourceSlot = Int32

/// How the fresh calls of a source are found.
enum SourceScan: Sendable, Equatable {
    /// With the main scan.
    case following
    /// The main scan went on without it; its destination reads on from ``SourceEntry/seen``.
    case lagging
    /// Its calls in memory were let go. Once nothing of it is in flight or unsettled it is lagging: until then the
    /// spool would hand out calls again that were sent already.
    case draining
}

/// A source that the relay met in the spool.
///
/// A value; one owner.
struct SourceEntry: Sendable {
    let name: String
    /// 0 is the place of sources that the configuration does not know.
    var destination: Int
    var scan = SourceScan.following
    /// Every fresh call of the source up to this id is in memory or was dealt with.
    var seen: Int64
    /// Calls in flight plus settlements that are not on disk.
    var outstanding = 0
}

/// The sources the relay met, by name. Bounded by the number of sources that ever were configured.
///
/// A value; one owner.
struct SourceTable: Sendable {
    private(set) var entries: [SourceEntry] = []
    private var index: [String: SourceSlot] = [:]
    /// Neighbouring calls are mostly of one source: comparing two names is cheaper than hashing one.
    private var last: SourceSlot = -1

    /// The source of this name, nil if it was not met yet.
    mutating func find(_ name: String) -> SourceSlot? {
        if self.last >= 0, self.entries[Int(self.last)].name == name { return self.last }
        guard let slot = self.index[name] else { return nil }
        self.last = slot
        return slot
    }

    mutating func insert(_ entry: SourceEntry) -> SourceSlot {
        let slot = SourceSlot(self.entries.count)
        self.index[entry.name] = slot
        self.entries.append(entry)
        self.last = slot
        return slot
    }

    subscript(slot: SourceSlot) -> SourceEntry {
        get { self.entries[Int(slot)] }
        _modify { yield &self.entries[Int(slot)] }
    }
}
