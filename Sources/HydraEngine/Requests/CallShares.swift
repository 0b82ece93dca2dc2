import Synchronization

/// Lets each account have only so much at the committer at once, so that what one account sends waits for itself and
/// not the others for it.
///
/// What one account sends stays in its order. Any thread.
final class CallShares: Sendable {
    private struct Waiting: Sendable {
        let cost: Int
        let start: @Sendable () -> Void
    }

    private struct Line {
        var underWay = 0
        var waiting: [Waiting] = []
        var first = 0
    }

    /// What one account may have under way; at least one item is let through, whatever it costs.
    private let share: Int
    private let lines = Mutex<[Int64: Line]>([:])

    init(share: Int) {
        self.share = share
    }

    /// Runs `start` now, or when the account's earlier items have made room. `start` must end in one ``leave(_:cost:)``.
    func enter(_ account: Int64, cost: Int, start: @escaping @Sendable () -> Void) {
        let startsNow = self.lines.withLock { lines in
            var line = lines[account] ?? Line()
            let isFirst = line.first == line.waiting.count
            let fits = isFirst && (line.underWay == 0 || line.underWay &+ cost <= self.share)
            if fits { line.underWay &+= cost } else { line.waiting.append(Waiting(cost: cost, start: start)) }
            lines[account] = line
            return fits
        }
        if startsNow { start() }
    }

    /// An item is done.
    func leave(_ account: Int64, cost: Int) {
        let next = self.lines.withLock { lines -> [Waiting] in
            guard var line = lines[account] else { return [] }
            line.underWay &-= cost
            var next: [Waiting] = []
            while line.first < line.waiting.count {
                let item = line.waiting[line.first]
                guard line.underWay == 0 || line.underWay &+ item.cost <= self.share else { break }
                line.underWay &+= item.cost
                line.first += 1
                next.append(item)
            }
            if line.first == line.waiting.count {
                line.waiting = []
                line.first = 0
            }
            lines[account] = line.underWay == 0 && line.waiting.isEmpty ? nil : line
            return next
        }
        for item in next { item.start() }
    }
}
