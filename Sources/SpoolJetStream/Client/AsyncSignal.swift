internal import Synchronization

/// Wakes tasks that wait for something to change.
///
/// Safe on any thread.
final class AsyncSignal: Sendable {
    private struct State {
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var lastToken: UInt64 = 0
        /// Waits that have begun and not ended; true when they were cancelled, or late, before they slept.
        var active: [UInt64: Bool] = [:]
        /// Counts calls of ``notify()``.
        var count: UInt64 = 0
    }

    private let state = Mutex(State())

    /// How often it was notified so far: what is looked at after asking for this, and found wanting, is waited for with it.
    var count: UInt64 { self.state.withLock { $0.count } }

    /// Wakes all that wait.
    func notify() {
        let waiting = self.state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.count &+= 1
            guard !state.waiting.isEmpty else { return [] }
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until it was notified more than `count` times, until the timeout, or until the task is cancelled.
    func wait(after count: UInt64, timeout: Duration) async {
        let token = self.state.withLock { state -> UInt64 in
            state.lastToken += 1
            state.active[state.lastToken] = false
            return state.lastToken
        }
        let timer = Task { [weak self] in
            try? await Task.sleep(for: timeout)
            self?.end(token)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = self.state.withLock { state -> Bool in
                    if state.active[token] == true || state.count > count { return true }
                    state.waiting[token] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            self.end(token)
        }
        timer.cancel()
        self.state.withLock { $0.active[token] = nil }
    }

    private func end(_ token: UInt64) {
        let continuation = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            if let continuation = state.waiting.removeValue(forKey: token) { return continuation }
            if state.active[token] != nil { state.active[token] = true }
            return nil
        }
        continuation?.resume()
    }
}
