internal import NIOCore
private import Synchronization

/// What a ``HydraScript`` has seen, and what it is to do. Any thread.
final class HydraScriptJournal: Sendable {
    private struct State {
        var react: HydraScript.React
        var requests: [HydraScriptRequest] = []
        var accepted = 0
        var channels: [ObjectIdentifier: any Channel] = [:]
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Mutex<State>

    init(react: @escaping HydraScript.React) {
        self.state = Mutex(State(react: react))
    }

    var requests: [HydraScriptRequest] { self.state.withLock { $0.requests } }
    var accepted: Int { self.state.withLock { $0.accepted } }
    var channels: [any Channel] { self.state.withLock { Array($0.channels.values) } }

    func requests(_ count: Int) async -> [HydraScriptRequest] {
        await withCheckedContinuation { continuation in
            let isThere = self.state.withLock { state in
                if state.requests.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
        return self.requests
    }

    func react(_ react: @escaping HydraScript.React) {
        self.state.withLock { $0.react = react }
    }

    func opened(_ channel: any Channel) {
        self.state.withLock { state in
            state.accepted += 1
            state.channels[ObjectIdentifier(channel)] = channel
        }
    }

    func closed(_ channel: any Channel) {
        _ = self.state.withLock { $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Notes a request, tells those who wait for it, and does what the script says.
    func take(_ request: HydraScriptRequest, on channel: any Channel) async {
        let (react, ready) = self.state.withLock { state in
            state.requests.append(request)
            let count = state.requests.count
            let ready = state.waiters.filter { $0.count <= count }
            state.waiters.removeAll { $0.count <= count }
            return (state.react, ready)
        }
        for waiter in ready { waiter.continuation.resume() }
        await react(request).perform(on: channel)
    }
}
