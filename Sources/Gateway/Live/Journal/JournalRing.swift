/// The newest entries, as many as there is room for. Used under a lock.
struct JournalRing: Sendable {
    private var entries: [JournalEntry] = []
    private var next = 0
    private let capacity: Int
    /// How many were ever added.
    private(set) var total: UInt64 = 0

    /// - Parameter capacity: at least 1.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
        self.entries.reserveCapacity(self.capacity)
    }

    mutating func append(_ entry: JournalEntry) {
        if self.entries.count < self.capacity {
            self.entries.append(entry)
        } else {
            self.entries[self.next] = entry
            self.next = self.next + 1 == self.capacity ? 0 : self.next + 1
        }
        self.total &+= 1
    }

    /// The last `limit` entries, the oldest of them first.
    func newest(_ limit: Int) -> [JournalEntry] {
        Array((self.entries[self.next...] + self.entries[..<self.next]).suffix(limit))
    }
}
