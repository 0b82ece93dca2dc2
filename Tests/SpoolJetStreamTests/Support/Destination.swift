import Spool
import Synchronization
import TestSupport

@testable import SpoolJetStream

/// What takes the delivered calls: keeps the order in which each lane's were seen first, as Hydra does by their keys.
final class Destination: Sendable {
    private struct State {
        var lanes: [Int64: [Int]] = [:]
        var seen: Set<String> = []
        var repeats = 0
        var isOver = false
    }

    private let state = Mutex(State())

    func take(_ call: StoredCall) {
        self.state.withLock { state in
            guard state.seen.insert(call.messageId).inserted else {
                state.repeats += 1
                return
            }
            state.lanes[call.lane, default: []].append(
                call.messageId.split(separator: "/").last.flatMap { Int($0) } ?? -1
            )
        }
    }

    var count: Int { self.state.withLock { $0.seen.count } }
    var repeats: Int { self.state.withLock { $0.repeats } }
    var lanes: [Int64: [Int]] { self.state.withLock { $0.lanes } }
    var isOver: Bool { self.state.withLock { $0.isOver } }

    func end() { self.state.withLock { $0.isOver = true } }

    /// Delivers one partition of a spool until the end, acquiring it anew whenever it is lost.
    func deliver(_ spool: JetStreamSpool, _ partition: Int) async {
        while !self.isOver, !Task.isCancelled {
            guard let session = try? await spool.acquireDelivery(partition: partition) else {
                try? await Task.sleep(for: .milliseconds(100))
                continue
            }
            var position: Int64 = 0
            while !self.isOver, !Task.isCancelled {
                do {
                    let page = try await session.fresh(
                        after: position,
                        sources: .all,
                        limit: 200,
                        maximumBytes: 1 << 20,
                        maximumRows: 1000
                    )
                    for call in page.calls { self.take(call) }
                    try await session.settle(page.calls.map { .delivered(id: $0.id) })
                    position = page.scannedThrough
                    if page.calls.isEmpty {
                        await session.waitForAppend(seen: position, timeout: .milliseconds(200))
                    }
                } catch let error as SpoolError where error.code == .unreachable {
                    try? await Task.sleep(for: .milliseconds(100))
                } catch {
                    break
                }
            }
            await session.release()
        }
    }
}
