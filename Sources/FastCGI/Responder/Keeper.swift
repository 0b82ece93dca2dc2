import Logging
import Synchronization

/// The thread for what needs time to pass: deadlines of requests, long answers, paused listeners.
///
/// Threads: made and run on its own; others reach it through the ``KeeperQueue``.
struct Keeper: ~Copyable {
    /// Longest time between two looks at the deadlines; shorter if the time limits are.
    private static let longestTick: UInt64 = 500_000_000
    private static let shortestTick: UInt64 = 5_000_000

    private let engine: Engine
    private let tick: UInt64
    private var slow: [UInt64: Connection] = [:]
    private var nextLook: UInt64 = 0

    init(_ engine: Engine) {
        self.engine = engine
        let shortest = min(engine.readTimeout, engine.writeTimeout, engine.requestTimeout)
        self.tick = min(max(shortest / 4, Self.shortestTick), Self.longestTick)
    }

    /// Returns when the queue is stopped.
    mutating func run() {
        var tokens = [UInt64](repeating: 0, count: 64)
        while true {
            let isPaused = self.engine.gates.contains { $0.isPaused }
            let wait = isPaused ? min(self.tick, ListenerGate.retryAfter / 2) : self.tick
            let count = self.engine.keeperQueue.events.wait(&tokens, milliseconds: Int32(clamping: wait / 1_000_000))
            var isFreed = false
            for token in tokens.prefix(count) {
                guard token == KeeperQueue.token else {
                    self.write(token)
                    continue
                }
                let work = self.engine.keeperQueue.take()
                for connection in work.connections { self.begin(connection) }
                isFreed = work.isFreed
                if work.isStopped {
                    for connection in self.slow.values { self.giveUp(connection) }
                    return
                }
            }
            let now = monotonicNow()
            for gate in self.engine.gates { gate.retry(now: now, isFreed: isFreed) }
            if now >= self.nextLook {
                self.nextLook = now &+ self.tick
                self.expire(now)
            }
        }
    }

    // MARK: Long answers

    private mutating func begin(_ connection: Connection) {
        self.engine.counters.slowAnswers.increment()
        self.slow[connection.token] = connection
        connection.rest(.answering)
        if !self.engine.keeperQueue.events.add(connection.descriptor, .writeOnce, token: connection.token) {
            self.giveUp(connection)
        }
    }

    private mutating func write(_ token: UInt64) {
        guard let connection = self.slow[token], var answer = exchange(&connection.slowAnswer, with: nil) else {
            return
        }
        connection.take()
        for _ in 0..<SlowAnswer.piecesAtOnce where answer.offset < answer.response.body.count {
            let end = min(answer.offset &+ SlowAnswer.pieceBytes, answer.response.body.count)
            let isWritten = unsafe answer.response.body.withUnsafeBytes { bytes in
                unsafe connection.library.write(UnsafeRawBufferPointer(rebasing: bytes[answer.offset..<end]))
            }
            // A broken connection is found again, and closed, when the request is finished.
            answer.offset = isWritten ? end : answer.response.body.count
        }
        guard answer.offset < answer.response.body.count else {
            self.end(connection)
            self.engine.finish(connection)
            return
        }
        answer.deadline = monotonicNow() &+ self.engine.writeTimeout
        connection.slowAnswer = answer
        connection.rest(.answering)
        if !self.engine.keeperQueue.events.arm(connection.descriptor, .writeOnce, token: token) {
            self.giveUp(connection)
        }
    }

    private mutating func end(_ connection: Connection) {
        self.slow[connection.token] = nil
        self.engine.keeperQueue.events.remove(connection.descriptor)
        connection.slowAnswer = nil
        connection.unconfirmedBytes = .max / 2
    }

    private mutating func giveUp(_ connection: Connection) {
        connection.take()
        self.end(connection)
        connection.library.abandon()
        self.engine.counters.answers.increment()
        self.engine.counters.brokenAnswers.increment()
        self.engine.close(connection)
    }

    // MARK: Deadlines

    private mutating func expire(_ now: UInt64) {
        var expired = 0
        // Not looked at when there is none: thousands of idle connections are to cost nothing.
        if self.engine.registry.receivingCount > 0 {
            for connection in self.engine.registry.all where connection.expire(now: now) { expired += 1 }
        }
        for connection in self.slow.values {
            if let answer = connection.slowAnswer, answer.deadline <= now {
                self.giveUp(connection)
                expired += 1
            }
        }
        guard expired > 0 else { return }
        self.engine.counters.timeouts.add(expired, ordering: .relaxed)
        if let held = self.engine.timeoutThrottle.pass() {
            self.engine.logger.warning(
                "connections closed: a request did not come, or an answer was not taken, in time",
                metadata: ["fastcgi.connections": "\(expired)", "log.held": "\(held)"]
            )
        }
    }
}
