private import Dispatch
package import Spool
private import Synchronization

extension NewCall {
    /// A call whose message id is `id` and whose key follows from it.
    package static func make(
        _ id: String,
        source: String = "demo",
        lane: Int64 = 1,
        receivedAt: Int64 = 1000,
        body: [UInt8]? = nil
    ) -> NewCall {
        NewCall(
            source: source,
            kind: 2,
            lane: lane,
            dedupe: DedupeKey(id),
            messageId: id,
            traceId: "trace-\(id)",
            receivedAt: receivedAt,
            body: body ?? Array(#"{"id":"\#(id)"}"#.utf8)
        )
    }
}

extension DedupeKey {
    /// Not the hash that the gateway uses; any 128 bits do.
    package init(_ text: String) {
        var high: UInt64 = 0xCBF2_9CE4_8422_2325
        var low: UInt64 = 0x6C62_272E_07BB_0142
        for byte in text.utf8 {
            high = (high ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
            low = (low &+ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15
        }
        self.init(high: high, low: low)
    }
}

extension RejectedEvent {
    package static func make(_ id: String, source: String = "demo", raw: [UInt8] = Array("{}".utf8)) -> RejectedEvent {
        RejectedEvent(
            source: source,
            code: "event_not_defined",
            message: "a track needs an event",
            messageId: id,
            traceId: "trace-\(id)",
            receivedAt: 1000,
            raw: raw
        )
    }
}

extension DeadReason {
    package static func make(attempts: Int = 1, at: Int64 = 2000) -> DeadReason {
        DeadReason(code: "refused", status: 400, message: "no", answer: "{}", attempts: attempts, at: at)
    }
}

extension Spool {
    /// Appends and waits for the disk.
    @discardableResult
    package func append(_ calls: [NewCall], rejected: [RejectedEvent] = []) async throws -> AppendReceipt {
        try await withCheckedContinuation { continuation in
            self.append(AppendBatch(calls: calls, rejected: rejected)) { continuation.resume(returning: $0) }
        }.get()
    }

    /// The same from a thread.
    package func appendAndWait(_ calls: [NewCall], rejected: [RejectedEvent] = []) throws -> AppendReceipt {
        let result = Mutex<Result<AppendReceipt, SpoolError>?>(nil)
        let done = DispatchSemaphore(value: 0)
        self.append(AppendBatch(calls: calls, rejected: rejected)) { outcome in
            result.withLock { $0 = outcome }
            done.signal()
        }
        done.wait()
        return try result.withLock { $0 }?.get() ?? AppendReceipt(duplicates: [])
    }
}

extension DeliverySession {
    package func allFresh() async throws -> [StoredCall] {
        try await self.fresh(after: 0, limit: .max, maximumBytes: .max)
    }

    package func allDeferred() async throws -> [StoredCall] {
        let lanes = try await self.deferredLanes().map(\.lane)
        return try await self.deferred(lanes: lanes, limit: .max, maximumBytes: .max).flatMap(\.calls)
    }
}

/// Runs something that needs a delivery session and lets it go afterwards.
package func withSession<Value: Sendable>(
    _ spool: any Spool,
    _ body: (any DeliverySession) async throws -> Value
) async throws -> Value {
    let session = try await spool.acquireDelivery()
    let value: Value
    do {
        value = try await body(session)
    } catch {
        await session.release()
        throw error
    }
    await session.release()
    return value
}
