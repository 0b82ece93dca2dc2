import Hydra
import Synchronization

/// A Hydra in memory that remembers what it was sent, and answers what it is told.
final class RecordingSender: CallSending {
    struct Sent: Sendable, Equatable {
        var messageId: String
        var attempt: Int
        var url: String
        var batch: Int
    }

    typealias React = @Sendable (Call) async -> Answer

    private struct State {
        var sent: [Sent] = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var batches = 0
    }

    private let state = Mutex(State())
    private let react: React

    init(react: @escaping React = { _ in .done(status: 200) }) {
        self.react = react
    }

    var sent: [Sent] { self.state.withLock { $0.sent } }
    var messageIds: [String] { self.sent.map(\.messageId) }

    /// Returns when at least so many calls have arrived.
    func waitForCalls(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = self.state.withLock { state -> Bool in
                guard state.sent.count < count else { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    func send(_ call: Call, to endpoint: Endpoint) async -> Answer {
        self.record([call], endpoint)
        return await self.react(call)
    }

    func send(batch: [Call], to endpoint: Endpoint) async -> [Answer] {
        self.record(batch, endpoint)
        var answers: [Answer] = []
        for call in batch { answers.append(await self.react(call)) }
        return answers
    }

    private func record(_ calls: [Call], _ endpoint: Endpoint) {
        let reached = self.state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.batches += 1
            for call in calls {
                state.sent.append(
                    Sent(messageId: call.messageId, attempt: call.attempt, url: endpoint.url, batch: state.batches)
                )
            }
            let count = state.sent.count
            let reached = state.waiters.filter { $0.count <= count }.map(\.continuation)
            state.waiters.removeAll { $0.count <= count }
            return reached
        }
        for continuation in reached { continuation.resume() }
    }
}
