import HydraEngine
import Synchronization

/// Keeps what the API told.
final class RecordingObserver: APIObserver {
    private struct State {
        var calls: [HandledCall] = []
        var requests: [AnsweredRequest] = []
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var requests: [AnsweredRequest] { self.state.withLock { $0.requests } }

    /// What was told, once there are so many calls: a call is told after it is answered.
    func calls(count: Int) async -> [HandledCall] {
        await withCheckedContinuation { continuation in
            let isThere = self.state.withLock { state in
                guard state.calls.count < count else { return true }
                state.waiting.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
        return self.state.withLock { $0.calls }
    }

    func handled(_ call: HandledCall) {
        let ready = self.state.withLock { state in
            state.calls.append(call)
            let ready = state.waiting.filter { $0.count <= state.calls.count }
            state.waiting.removeAll { $0.count <= state.calls.count }
            return ready
        }
        for waiting in ready { waiting.continuation.resume() }
    }

    func answered(_ request: AnsweredRequest) {
        self.state.withLock { $0.requests.append(request) }
    }
}
