import DequeModule
import Spool

/// A spool in memory with the semantics of the real one, which checks the invariant that the relay owes it: for a lane,
/// every deferred id is lower than every fresh id that is not settled.
struct SimulatedSpool {
    enum Place: Equatable {
        case fresh, deferred, delivered
        case dead(code: String)
    }

    /// The call with id n stands at n − 1.
    private(set) var calls: [StoredCall] = []
    private(set) var places: [Place] = []
    private(set) var deferredIds: [Int64: Deque<Int64>] = [:]
    private(set) var freshOfLane: [Int64: Deque<Int64>] = [:]
    private var firstFresh: Int64 = 1
    /// The first broken rule.
    private(set) var violation: String?
    /// Rows that reads looked at.
    private(set) var examined = 0
    /// Settlements that parked a fresh call.
    private(set) var parked = 0

    var lastId: Int64 { Int64(self.calls.count) }
    /// Calls that are not settled for good.
    private(set) var waiting = 0

    func hasFresh(above id: Int64) -> Bool {
        id < self.lastId
            && (max(id + 1, self.firstFresh)...max(self.lastId, self.firstFresh)).contains { candidate in
                candidate <= self.lastId && self.place(candidate) == .fresh
            }
    }

    func place(_ id: Int64) -> Place { self.places[Int(id) - 1] }
    func call(_ id: Int64) -> StoredCall { self.calls[Int(id) - 1] }

    @discardableResult
    mutating func append(source: String, lane: Int64, bytes: Int = 10, kind: UInt8 = 2) -> Int64 {
        let id = self.lastId + 1
        self.calls.append(
            StoredCall(
                id: id,
                source: source,
                kind: kind,
                lane: lane,
                messageId: "m-\(id)",
                traceId: "t-\(id)",
                receivedAt: 0,
                body: [UInt8](repeating: 0x20, count: bytes)
            )
        )
        self.places.append(.fresh)
        self.waiting += 1
        self.freshOfLane[lane, default: []].append(id)
        return id
    }

    // MARK: What a session offers

    mutating func fresh(_ read: FreshReadLike) -> FreshPage {
        var found: [StoredCall] = []
        var bytes = 0
        var rows = 0
        while self.firstFresh <= self.lastId, self.place(self.firstFresh) != .fresh { self.firstFresh += 1 }
        var id = max(read.after + 1, self.firstFresh)
        var through = read.after
        while id <= self.lastId {
            if self.place(id) == .fresh {
                let call = self.call(id)
                guard rows < read.maximumRows else { break }
                rows += 1
                let matches =
                    switch read.sources {
                    case .all: true
                    case .only(let names): names.contains(call.source)
                    case .except(let names): !names.contains(call.source)
                    }
                if matches {
                    if !found.isEmpty, found.count >= read.limit || bytes + call.body.count > read.maximumBytes {
                        break
                    }
                    found.append(call)
                    bytes += call.body.count
                }
                through = id
                if found.count >= read.limit {
                    id += 1
                    break
                }
            }
            id += 1
        }
        self.examined += rows
        var end = id
        while end <= self.lastId, self.place(end) != .fresh { end += 1 }
        return FreshPage(calls: found, scannedThrough: through, reachedEnd: end > self.lastId)
    }

    func freshSources() -> FreshSources {
        var names: Set<String> = []
        for (call, place) in zip(self.calls, self.places) where place == .fresh { names.insert(call.source) }
        return FreshSources(names: names.sorted(), lastID: self.lastId)
    }

    func deferredLanes() -> [DeferredLane] {
        self.deferredIds.compactMap { lane, ids in
            guard let head = ids.first else { return nil }
            let call = self.call(head)
            return DeferredLane(
                lane: lane,
                source: call.source,
                count: ids.count,
                headId: head,
                notBefore: call.notBefore,
                attempts: call.attempts
            )
        }.sorted { $0.lane < $1.lane }
    }

    func deferred(lanes: [Int64], limit: Int, maximumBytes: Int) -> [DeferredCalls] {
        var bytes = 0
        return lanes.map { lane in
            let ids = self.deferredIds[lane] ?? []
            var calls: [StoredCall] = []
            for id in ids.prefix(limit) {
                let call = self.call(id)
                if !calls.isEmpty, bytes + call.body.count > maximumBytes { break }
                bytes += call.body.count
                calls.append(call)
            }
            return DeferredCalls(lane: lane, calls: calls, hasMore: calls.count < ids.count)
        }
    }

    mutating func settle(_ settlements: [Settlement]) {
        for settlement in settlements {
            let id = settlement.id
            guard id >= 1, id <= self.lastId else { continue }
            let place = self.place(id)
            guard place == .fresh || place == .deferred else { continue }
            switch settlement {
            case .delivered: self.move(id, to: .delivered)
            case .dead(_, let reason): self.move(id, to: .dead(code: reason.code))
            case .park:
                if place == .fresh { self.parked += 1 }
                self.move(id, to: .deferred)
            case .retry(_, let attempts, let first, let notBefore, _):
                let old = self.call(id)
                self.calls[Int(id) - 1] = StoredCall(
                    id: id,
                    source: old.source,
                    kind: old.kind,
                    lane: old.lane,
                    messageId: old.messageId,
                    traceId: old.traceId,
                    receivedAt: old.receivedAt,
                    body: old.body,
                    attempts: attempts,
                    firstAttemptAt: first,
                    notBefore: notBefore
                )
                self.move(id, to: .deferred)
            }
            // Within one transaction nobody sees what is between, but the order of effect must hold even so.
            let lane = self.call(id).lane
            // Users of two sources may share a lane, and their calls may go to two Hydras: then it holds for each.
            let source = self.call(id).source
            if let last = self.deferredIds[lane]?.last(where: { self.call($0).source == source }),
                let first = self.freshOfLane[lane]?.first(where: { self.call($0).source == source }), last > first
            {
                self.violation = self.violation ?? "lane \(lane): \(last) is deferred, \(first) is fresh"
            }
        }
    }

    private mutating func move(_ id: Int64, to place: Place) {
        let lane = self.call(id).lane
        let before = self.place(id)
        guard before != place else { return }
        if before == .fresh { Self.remove(id, from: &self.freshOfLane[lane, default: []]) }
        if before == .deferred { Self.remove(id, from: &self.deferredIds[lane, default: []]) }
        self.places[Int(id) - 1] = place
        if place != .deferred { self.waiting -= 1 }
        if place == .deferred {
            if let last = self.deferredIds[lane]?.last, last > id {
                let index = self.deferredIds[lane]?.firstIndex { $0 > id }
                self.deferredIds[lane]?.insert(id, at: index ?? 0)
            } else {
                self.deferredIds[lane, default: []].append(id)
            }
        }
        if self.deferredIds[lane]?.isEmpty == true { self.deferredIds[lane] = nil }
    }

    private static func remove(_ id: Int64, from ids: inout Deque<Int64>) {
        if ids.first == id {
            ids.removeFirst()
        } else {
            ids.removeAll { $0 == id }
        }
    }
}

/// The parameters of a bounded read of fresh calls.
struct FreshReadLike {
    var after: Int64
    var sources: SourceFilter
    var limit: Int
    var maximumBytes: Int
    var maximumRows: Int
}
