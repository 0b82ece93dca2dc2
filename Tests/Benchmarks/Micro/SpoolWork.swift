import Spool
import Synchronization

/// Appends to a spool and settles what is in it, as the gateway does. Any task; one at a time.
final class SpoolWork: Sendable {
    private let spool: SQLiteSpool
    private let body: [UInt8]
    /// Ids so far: each call has its own, or it would be dropped as a repeat.
    private let counter = Mutex(UInt64(0))

    init(spool: SQLiteSpool, body: [UInt8]) {
        self.spool = spool
        self.body = body
    }

    /// Appends `count` times `size` calls, `clients` batches being under way at a time; returns when all are on disk.
    func append(_ count: Int, size: Int, clients: Int) async throws {
        let left = Mutex((toBegin: count, toEnd: count))
        let failure = Mutex(SpoolError?.none)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            @Sendable func next() {
                let mayBegin = left.withLock { left in
                    guard left.toBegin > 0 else { return false }
                    left.toBegin -= 1
                    return true
                }
                guard mayBegin else { return }
                self.spool.append(self.batch(size)) { result in
                    if case .failure(let error) = result { failure.withLock { $0 = error } }
                    let isLast = left.withLock { left in
                        left.toEnd -= 1
                        return left.toEnd == 0
                    }
                    if isLast { continuation.resume() } else { next() }
                }
            }
            for _ in 0..<min(clients, count) { next() }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Takes `count` calls from the head of the queue and settles them as delivered.
    func deliver(_ count: Int, in session: any DeliverySession) async throws {
        let calls = try await session.fresh(after: 0, limit: count, maximumBytes: 8 << 20)
        guard calls.count == count else { throw WrongResult() }
        try await session.settle(calls.map { .delivered(id: $0.id) })
    }

    private func batch(_ size: Int) -> AppendBatch {
        let first = self.counter.withLock { counter in
            defer { counter &+= UInt64(size) }
            return counter
        }
        return AppendBatch(
            calls: (first..<first + UInt64(size)).map { number in
                NewCall(
                    source: "demo",
                    kind: 2,
                    lane: Int64(number % 10_000),
                    // Scattered, as hashes are; odd multipliers lose no number.
                    dedupe: DedupeKey(high: number &* 0x9E37_79B9_7F4A_7C15, low: number &* 0xC2B2_AE3D_27D4_EB4F),
                    messageId: "4f1d3c52-9b1e-4a77-8c55-\(number)",
                    traceId: "0123456789abcdef0123456789abcdef",
                    receivedAt: SampleEvents.now,
                    body: self.body
                )
            }
        )
    }
}
