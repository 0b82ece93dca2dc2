import HydraEngine
import Synchronization

/// Keeps what the API told.
final class RecordingObserver: APIObserver {
    private let state = Mutex<(calls: [HandledCall], requests: [AnsweredRequest])>(([], []))

    var calls: [HandledCall] { self.state.withLock { $0.calls } }
    var requests: [AnsweredRequest] { self.state.withLock { $0.requests } }

    func handled(_ call: HandledCall) {
        self.state.withLock { $0.calls.append(call) }
    }

    func answered(_ request: AnsweredRequest) {
        self.state.withLock { $0.requests.append(request) }
    }
}
