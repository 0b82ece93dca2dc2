internal import Logging
internal import Spool
internal import Synchronization

/// Asks the leader of each call stream once in a while how the stream is: so that a full one refuses before it is full, and one
/// that failed is taken again without a call to try it with.
///
/// Safe on any thread; works on the ticker.
final class StreamWatch: Sendable {
    private struct State {
        var ticker: UInt64?
        var askedAt: ContinuousClock.Instant?
        var missing = 0
    }

    private let client: JetStreamClient
    private let layout: StreamLayout
    private let health: IntakeHealth
    private let logger: Logger
    private let pause: Duration
    private let state = Mutex(State())

    init(client: JetStreamClient, layout: StreamLayout, health: IntakeHealth, logger: Logger) {
        self.client = client
        self.layout = layout
        self.health = health
        self.logger = logger
        // So that many partitions do not keep the servers busy with questions.
        self.pause = .milliseconds(500 * max(1, layout.partitions / 16))
    }

    func start() {
        let ticker = self.client.addTicker { [weak self] in self?.tick() }
        self.state.withLock { $0.ticker = ticker }
        self.tick()
    }

    func stop() {
        if let ticker = self.state.withLock({ $0.ticker }) { self.client.removeTicker(ticker) }
    }

    private func tick() {
        guard self.client.isConnected else { return }
        let now = ContinuousClock.now
        let isTime = self.state.withLock { state -> Bool in
            guard state.missing == 0, state.askedAt.map({ now - $0 >= self.pause }) ?? true else { return false }
            state.askedAt = now
            state.missing = self.layout.partitions
            return true
        }
        guard isTime else { return }
        for partition in 0..<self.layout.partitions {
            self.client.ask("STREAM.INFO.\(self.layout.calls(partition))") { [weak self] result in
                guard let self else { return }
                self.state.withLock { $0.missing -= 1 }
                self.answered(result.map { StreamState($0) }, partition: partition)
            }
        }
    }

    private func answered(_ result: Result<StreamState, RequestError>, partition: Int) {
        switch result {
        case .success(let stream):
            // Its leader answers: the next append tries it. A full one says so itself.
            if self.health.works(partition: partition, unless: .full) {
                self.logger.notice("calls are stored again", metadata: ["partition": "\(partition)"])
            }
            guard let news = self.health.saw(stream, partition: partition) else { return }
            if let bound = news {
                self.logger.error("calls are refused", metadata: ["error": "\(bound)"])
            } else {
                self.logger.notice("calls are taken again", metadata: ["partition": "\(partition)"])
            }
        case .failure(let error):
            let failure = SpoolError(error, "The stream \(self.layout.calls(partition))")
            guard failure.code != .stopped, self.client.isConnected else { return }
            if self.health.failed(failure, partition: partition) {
                self.logger.error("calls cannot be stored", metadata: ["error": "\(failure)"])
            }
        }
    }
}
