/// A set of deduplication keys: open addressing, 16 bytes a slot, at most half full.
///
/// A plain value; used on the committer thread. `Set<DedupeKey>` takes three times the time, most of it for hashing
/// what is a hash already.
struct KeySet: Sendable {
    /// Two words for each slot: high and low. A slot of zeros is free; the key of zeros is kept apart.
    private var words: [UInt64]
    private var mask: Int
    private var hasZero = false

    /// How many keys are in the set.
    private(set) var count = 0

    /// - Parameter capacity: how many keys fit before the table grows.
    init(capacity: Int = 512) {
        let slots = Self.slots(for: capacity)
        self.words = [UInt64](repeating: 0, count: slots * 2)
        self.mask = slots - 1
    }

    /// Adds a key; false if it was there.
    mutating func insert(_ key: DedupeKey) -> Bool {
        if key.high == 0, key.low == 0 {
            guard !self.hasZero else { return false }
            self.hasZero = true
            self.count += 1
            return true
        }
        if (self.count + 1) * 2 > self.mask { self.grow() }
        guard let free = self.freeSlot(for: key) else { return false }
        self.words[free] = key.high
        self.words[free + 1] = key.low
        self.count += 1
        return true
    }

    func contains(_ key: DedupeKey) -> Bool {
        if key.high == 0, key.low == 0 { return self.hasZero }
        return self.freeSlot(for: key) == nil
    }

    /// Empties the set. Its table is kept for the next time unless it was mostly empty: clearing a large table after
    /// each small commit would cost more than making a small one.
    mutating func removeAll() {
        guard self.count > 0 else { return }
        if self.mask > 2048, self.count * 8 < self.mask {
            self = KeySet()
            return
        }
        self.hasZero = false
        self.count = 0
        for index in self.words.indices { self.words[index] = 0 }
    }

    /// The index of the first word of the slot that `key` would take; nil if it has one.
    private func freeSlot(for key: DedupeKey) -> Int? {
        var slot = Int(truncatingIfNeeded: key.mixed) & self.mask
        while true {
            let high = self.words[slot * 2]
            let low = self.words[slot * 2 + 1]
            if high == 0, low == 0 { return slot * 2 }
            if high == key.high, low == key.low { return nil }
            slot = (slot + 1) & self.mask
        }
    }

    private mutating func grow() {
        var larger = KeySet(capacity: (self.mask + 1))
        for key in self { _ = larger.insert(key) }
        self = larger
    }

    private static func slots(for capacity: Int) -> Int {
        var slots = 16
        while slots < capacity * 2 + 2 { slots *= 2 }
        return slots
    }
}

extension KeySet: Sequence {
    /// The keys, in no order.
    func makeIterator() -> Iterator {
        Iterator(words: self.words, hasZero: self.hasZero)
    }

    struct Iterator: IteratorProtocol {
        fileprivate let words: [UInt64]
        fileprivate var hasZero: Bool
        private var index = 0

        fileprivate init(words: [UInt64], hasZero: Bool) {
            self.words = words
            self.hasZero = hasZero
        }

        mutating func next() -> DedupeKey? {
            if self.hasZero {
                self.hasZero = false
                return DedupeKey(high: 0, low: 0)
            }
            while self.index < self.words.count {
                let key = DedupeKey(high: self.words[self.index], low: self.words[self.index + 1])
                self.index += 2
                if key.high != 0 || key.low != 0 { return key }
            }
            return nil
        }
    }
}

extension DedupeKey {
    /// 64 well-mixed bits (the finaliser of SplitMix64): spreads keys evenly even if the caller's hash does not.
    var mixed: UInt64 {
        var bits = self.high ^ (self.low &* 0x9E37_79B9_7F4A_7C15)
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
