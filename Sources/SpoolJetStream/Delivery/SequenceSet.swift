/// Sequences, as ranges in their order that neither touch nor overlap.
///
/// A value; one owner.
struct SequenceSet: Sendable, Equatable {
    private(set) var ranges: [ClosedRange<UInt64>] = []
    private(set) var count = 0

    init() {}

    /// - Parameter sequences: in any order, twice or not.
    init(_ sequences: some Sequence<UInt64>) {
        for sequence in sequences.sorted() {
            if let last = self.ranges.last, sequence <= last.upperBound &+ 1 {
                guard sequence > last.upperBound else { continue }
                self.ranges[self.ranges.count - 1] = last.lowerBound...sequence
            } else {
                self.ranges.append(sequence...sequence)
            }
            self.count += 1
        }
    }

    func contains(_ sequence: UInt64) -> Bool {
        let index = self.firstIndex(endingAtOrAfter: sequence)
        return index < self.ranges.count && self.ranges[index].lowerBound <= sequence
    }

    private func firstIndex(endingAtOrAfter sequence: UInt64) -> Int {
        var low = 0
        var high = self.ranges.count
        while low < high {
            let middle = (low + high) / 2
            if self.ranges[middle].upperBound < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Adds ranges that are in their order.
    mutating func formUnion(_ added: [ClosedRange<UInt64>]) {
        guard let first = added.first else { return }
        // Nearly always they come behind, or near the end.
        let start = self.firstIndex(endingAtOrAfter: first.lowerBound == 0 ? 0 : first.lowerBound - 1)
        var merged = ArraySlice(self.ranges[start...])
        var rest = added[...]
        var result = Array(self.ranges[..<start])
        while !merged.isEmpty || !rest.isEmpty {
            let next: ClosedRange<UInt64>
            if let left = merged.first, let right = rest.first {
                if left.lowerBound <= right.lowerBound {
                    next = merged.removeFirst()
                } else {
                    next = rest.removeFirst()
                }
            } else if merged.isEmpty {
                next = rest.removeFirst()
            } else {
                next = merged.removeFirst()
            }
            if let last = result.last, next.lowerBound <= last.upperBound || next.lowerBound - 1 == last.upperBound {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, next.upperBound)
            } else {
                result.append(next)
            }
        }
        self.ranges = result
        self.recount()
    }

    /// Forgets everything up to a sequence.
    mutating func remove(through sequence: UInt64) {
        guard let first = self.ranges.first, first.lowerBound <= sequence else { return }
        let end = self.firstIndex(endingAtOrAfter: sequence == .max ? .max : sequence + 1)
        self.ranges.removeFirst(end)
        if let first = self.ranges.first, first.lowerBound <= sequence {
            self.ranges[0] = (sequence + 1)...first.upperBound
        }
        self.recount()
    }

    private mutating func recount() {
        self.count = self.ranges.reduce(0) { $0 + Int(clamping: $1.upperBound - $1.lowerBound) + 1 }
    }
}
