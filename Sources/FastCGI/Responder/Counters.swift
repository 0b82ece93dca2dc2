import Synchronization

/// What the workers count. Threads: all.
final class Counters: Sendable {
    let accepted = Atomic<Int>(0)
    let requests = Atomic<Int>(0)
    let answers = Atomic<Int>(0)
    let refusedPeers = Atomic<Int>(0)
    let malformedRecords = Atomic<Int>(0)
    let timeouts = Atomic<Int>(0)
    let brokenRequests = Atomic<Int>(0)
    let abortedRequests = Atomic<Int>(0)
    let brokenAnswers = Atomic<Int>(0)
    let slowAnswers = Atomic<Int>(0)
    let unanswered = Atomic<Int>(0)
    let repeatedReplies = Atomic<Int>(0)
    let droppedHeaders = Atomic<Int>(0)
    let longBodies = Atomic<Int>(0)
    let longParameters = Atomic<Int>(0)
    let acceptPauses = Atomic<Int>(0)
    let turnedAway = Atomic<Int>(0)
}

extension Atomic where Value == Int {
    func increment() {
        self.add(1, ordering: .relaxed)
    }

    var value: Int {
        self.load(ordering: .relaxed)
    }
}
