import Synchronization

@testable import Relay

/// A clock that stands until it is moved.
final class ManualClock: RelayClock {
    private struct Sleeper {
        let id: Int
        let until: Int64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var now: Int64 = 0
        var nextId = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func now() -> RelayTime { self.state.withLock { RelayTime(wall: $0.now, monotonic: $0.now) } }

    func nanoseconds() -> UInt64 { self.state.withLock { UInt64($0.now) * 1_000_000 } }

    func sleep(until monotonic: Int64) async throws {
        let id = self.state.withLock { state in
            state.nextId += 1
            return state.nextId
        }
        let isOver = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (result, told) = self.state.withLock { state -> (Bool?, [CheckedContinuation<Void, Never>]) in
                    if state.cancelled.remove(id) != nil { return (false, []) }
                    if monotonic <= state.now { return (true, []) }
                    state.sleepers.append(Sleeper(id: id, until: monotonic, continuation: continuation))
                    let count = state.sleepers.count
                    let told = state.waiters.filter { $0.count == count }.map(\.continuation)
                    state.waiters.removeAll { $0.count == count }
                    return (nil, told)
                }
                if let result { continuation.resume(returning: result) }
                for waiter in told { waiter.resume() }
            }
        } onCancel: {
            let sleeper = self.state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(returning: false)
        }
        if !isOver { throw CancellationError() }
    }

    /// Returns when exactly so many sleep.
    func waitForSleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = self.state.withLock { state -> Bool in
                guard state.sleepers.count != count else { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    func advance(to now: Int64) {
        let woken = self.state.withLock { state -> [Sleeper] in
            state.now = now
            let woken = state.sleepers.filter { $0.until <= now }
            state.sleepers.removeAll { $0.until <= now }
            return woken
        }
        for sleeper in woken { sleeper.continuation.resume(returning: true) }
    }
}
