import Hydra
import Spool
import Synchronization
import Testing

@testable import Relay

/// The configuration of a simulated gateway; may change while it runs.
final class SimulatedConfiguration: Sendable {
    private let destinations = Mutex<[String: Destination]>([:])

    subscript(source: String) -> Destination? {
        get { self.destinations.withLock { $0[source] } }
        set { self.destinations.withLock { $0[source] = newValue } }
    }
}

func destination(_ name: String, batch: Bool = false, concurrency: Int = 4, maximumBatch: Int = 500) -> Destination {
    Destination(
        endpoint: Endpoint(url: "http://\(name)", apiKey: APIKey("key-of-\(name)")),
        batch: batch,
        concurrency: concurrency,
        maximumBatch: maximumBatch
    )
}

/// A relay machine, a spool and a Hydra in virtual time: what happens next is drawn from a seed, nothing waits.
struct Simulation {
    /// How a Hydra treats a call: whether it takes it, and what it says.
    struct Reaction {
        var takes: Bool
        var answer: Answer

        static let done = Reaction(takes: true, answer: .done(status: 200))
        static func retry(
            status: Int? = 503,
            after: Duration? = nil,
            takes: Bool = false,
            reason: String = "http_503"
        ) -> Reaction {
            Reaction(
                takes: takes,
                answer: .retry(status: status, reason: reason, message: "busy", after: after)
            )
        }
        static let refused = Reaction(
            takes: false,
            answer: .refused(status: 422, code: "event_missing", message: "no event")
        )
        static let unauthorized = Reaction(takes: false, answer: .unauthorized(status: 401, message: "who"))
    }

    struct Sent: Equatable {
        var id: Int64
        var at: Int64
        var attempt: Int
        var url: String
        var request: Int
    }

    private enum Job {
        case answer(Dispatch)
        case commit([Settlement], isLost: Bool)
        /// A read sees the spool at any moment between its beginning and its end.
        case page(FreshReadLike, early: FreshPage?)
        case survey
        case lanes(DeferredRead, early: [DeferredCalls]?)
        case wake
        case appended
    }

    var spool = SimulatedSpool()
    var machine: RelayMachine
    let configuration: SimulatedConfiguration
    let options: RelayOptions
    var time = RelayTime(wall: 1_800_000_000_000, monotonic: 1_000)
    var random: SplitMix
    var seed: UInt64

    /// What Hydra does with a call that arrives.
    var react: (StoredCall, String, RelayTime) -> Reaction = { _, _, _ in .done }
    /// Whether Hydra has a batch route.
    var hasBatch = true
    /// Milliseconds that a request takes.
    var latency: ClosedRange<Int64> = 1...1
    /// Milliseconds that the spool takes.
    var diskLatency: ClosedRange<Int64> = 1...1
    /// Whether a settlement that begins now fails.
    var settleFails: (RelayTime) -> Bool = { _ in false }
    var readFails: (RelayTime) -> Bool = { _ in false }
    /// Every so many transitions the machine's books are checked.
    var checkEvery = 1
    private var checks = 0

    /// More than any schedule takes that makes progress.
    var maximumSteps = 200_000
    private var steps = 0

    private(set) var sent: [Sent] = []
    private(set) var requests = 0
    private(set) var accepted: [Int64: Int] = [:]
    private(set) var events: [RelayEvent] = []
    private(set) var crashes = 0
    private(set) var violation: String?
    private(set) var mostInMemory = 0
    private(set) var mostLanes = 0
    private(set) var willRetryAt: [Int64: Int64] = [:]
    private var lastAccepted: [String: Int64] = [:]
    private var settledAnswer: Set<Int64> = []
    private var lanesInFlight: Set<Int64> = []
    private var jobs: [(at: Int64, order: UInt64, job: Job)] = []
    private var isAwaiting = false

    init(
        options: RelayOptions = RelayOptions(),
        destinations: [String: Destination] = ["demo": destination("hydra")],
        seed: UInt64 = 1
    ) {
        self.options = options
        self.seed = seed
        self.random = SplitMix(seed: seed &* 31 &+ 7)
        let configuration = SimulatedConfiguration()
        for (source, destination) in destinations { configuration[source] = destination }
        self.configuration = configuration
        self.machine = RelayMachine(options: options, seed: seed) { configuration[$0] }
    }

    // MARK: Steps

    mutating func start() {
        self.machine.adopt(self.spool.deferredLanes(), at: self.time)
        self.take(self.machine.begin(at: self.time))
    }

    /// Runs until nothing is left to happen before `limit` milliseconds from now, or `isDone`.
    mutating func run(for limit: Int64 = 1_000 * 3_600 * 1_000, until isDone: (Simulation) -> Bool = { _ in false }) {
        let end = self.time.monotonic + limit
        while self.violation == nil, !isDone(self), let index = self.nextJob(), self.jobs[index].at <= end {
            let next = self.jobs.remove(at: index)
            self.advance(to: next.at)
            self.perform(next.job)
            self.steps += 1
            if self.steps > self.maximumSteps {
                self.violation = "still busy after \(self.steps) steps"
            }
        }
        if self.violation == nil, !isDone(self) { self.advance(to: end) }
    }

    /// Runs until every call was delivered or is dead, at most `limit` milliseconds; false if that did not happen.
    mutating func drain(within limit: Int64 = 1_000 * 3_600 * 1_000) -> Bool {
        self.run(for: limit) { $0.isIdle }
        return self.spool.waiting == 0 && self.violation == nil
    }

    /// Fails the test unless every call is delivered or dead within `limit` milliseconds, by the rules.
    mutating func expectDrained(
        within limit: Int64 = 1_000 * 3_600 * 1_000,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let isDrained = self.drain(within: limit)
        #expect(isDrained, "\(self.violation ?? self.machine.describe)", sourceLocation: sourceLocation)
    }

    private var isIdle: Bool { self.machine.isDrained && self.spool.waiting == 0 }

    mutating func append(_ source: String = "demo", lane: Int64, bytes: Int = 10, kind: UInt8 = 2) {
        self.spool.append(source: source, lane: lane, bytes: bytes, kind: kind)
        if self.isAwaiting { self.schedule(.appended, after: 0) }
    }

    mutating func tell(_ change: (inout RelayMachine, RelayTime) -> [RelayAction]) {
        self.take(change(&self.machine, self.time))
    }

    /// The process dies: what is in flight may have had its effect or not. Another takes over.
    mutating func crash(settlesInFlight: Bool) {
        self.crashes += 1
        for (_, _, job) in self.jobs {
            switch job {
            case .answer(let dispatch):
                guard Bool.random(using: &self.random) else { continue }
                for call in dispatch.calls {
                    let reaction = self.react(call, dispatch.destination.endpoint.url, self.time)
                    if reaction.takes { self.accept(call) }
                }
            case .commit(let settlements, let isLost) where settlesInFlight && !isLost: self.spool.settle(settlements)
            default: break
            }
        }
        self.jobs = []
        self.lanesInFlight = []
        self.settledAnswer = []
        self.isAwaiting = false
        self.seed &+= 1
        let configuration = self.configuration
        self.machine = RelayMachine(options: self.options, seed: self.seed) { configuration[$0] }
        self.start()
    }

    private mutating func advance(to monotonic: Int64) {
        let step = max(0, monotonic - self.time.monotonic)
        self.time.monotonic += step
        self.time.wall += step
    }

    private func nextJob() -> Int? {
        self.jobs.indices.min { (self.jobs[$0].at, self.jobs[$0].order) < (self.jobs[$1].at, self.jobs[$1].order) }
    }

    private mutating func schedule(_ job: Job, after delay: Int64) {
        self.jobs.append((self.time.monotonic + delay, self.random.next(), job))
    }

    // MARK: The world

    private mutating func take(_ actions: [RelayAction]) {
        for action in actions {
            switch action {
            case .send(let dispatch): self.send(dispatch)
            case .settle(let settlements):
                let fails = self.settleFails(self.time)
                self.schedule(.commit(settlements, isLost: fails), after: self.disk())
            case .fetch(let read):
                let like = FreshReadLike(
                    after: read.after,
                    sources: read.sources,
                    limit: read.limit,
                    maximumBytes: read.maximumBytes,
                    maximumRows: read.maximumRows
                )
                let early = Bool.random(using: &self.random) ? self.spool.fresh(like) : nil
                self.schedule(.page(like, early: early), after: self.disk())
            case .survey: self.schedule(.survey, after: self.disk())
            case .load(let read):
                let early = Bool.random(using: &self.random) ? self.deferred(read) : nil
                self.schedule(.lanes(read, early: early), after: self.disk())
            case .awaitAppend(let seen):
                self.isAwaiting = true
                if self.spool.hasFresh(above: seen) { self.schedule(.appended, after: 0) }
            case .wake(let at):
                self.jobs.removeAll { if case .wake = $0.job { true } else { false } }
                self.schedule(.wake, after: max(0, at - self.time.monotonic))
            case .report(let event): self.events.append(event)
            }
        }
        self.check()
    }

    private func deferred(_ read: DeferredRead) -> [DeferredCalls] {
        self.spool.deferred(lanes: read.lanes, limit: read.limit, maximumBytes: read.maximumBytes)
    }

    private mutating func disk() -> Int64 { Int64.random(in: self.diskLatency, using: &self.random) }

    private mutating func send(_ dispatch: Dispatch) {
        self.requests += 1
        for call in dispatch.calls {
            self.sent.append(
                Sent(
                    id: call.id,
                    at: self.time.monotonic,
                    attempt: call.attempts + 1,
                    url: dispatch.destination.endpoint.url,
                    request: self.requests
                )
            )
            if !self.lanesInFlight.insert(call.lane).inserted {
                self.violation = self.violation ?? "lane \(call.lane) has two calls in flight"
            }
            if self.settledAnswer.contains(call.id) {
                self.violation = self.violation ?? "\(call.id) was sent again after it was answered for good"
            }
        }
        self.schedule(.answer(dispatch), after: Int64.random(in: self.latency, using: &self.random))
    }

    private mutating func accept(_ call: StoredCall) {
        self.accepted[call.id, default: 0] += 1
        guard self.accepted[call.id] == 1 else { return }
        let user = "\(call.lane) \(call.source)"
        if let last = self.lastAccepted[user], last > call.id {
            self.violation = self.violation ?? "lane \(call.lane): \(call.id) took effect after \(last)"
        }
        self.lastAccepted[user] = call.id
    }

    private mutating func perform(_ job: Job) {
        switch job {
        case .answer(let dispatch):
            var answers: [Answer] = []
            for call in dispatch.calls {
                self.lanesInFlight.remove(call.lane)
                var reaction = self.react(call, dispatch.destination.endpoint.url, self.time)
                if !self.hasBatch, dispatch.calls.count > 1 { reaction = .retry(status: 404, reason: "no_batch") }
                if reaction.takes { self.accept(call) }
                switch reaction.answer {
                case .done: self.settledAnswer.insert(call.id)
                case .refused where dispatch.calls.count == 1: self.settledAnswer.insert(call.id)
                case .refused, .retry, .unauthorized: break
                }
                answers.append(reaction.answer)
            }
            let answered = self.machine.answered(dispatch.ticket, with: answers, at: self.time)
            for (index, at) in answered.willRetryAt.enumerated() {
                if let at { self.willRetryAt[dispatch.calls[index].id] = at }
            }
            self.take(answered.actions)
        case .commit(let settlements, let isLost):
            if isLost {
                // Nobody knows whether it got on disk.
                if Bool.random(using: &self.random) { self.spool.settle(settlements) }
                self.take(self.machine.settleFailed("disk full", at: self.time))
            } else {
                self.spool.settle(settlements)
                self.take(self.machine.settled(at: self.time))
            }
        case .page(let read, let early):
            if self.readFails(self.time) {
                self.take(self.machine.readFailed("disk", isLoad: false, at: self.time))
            } else {
                let page = early ?? self.spool.fresh(read)
                self.take(self.machine.fetched(page, at: self.time))
            }
        case .survey: self.take(self.machine.surveyed(self.spool.freshSources(), at: self.time))
        case .lanes(let read, let early):
            if self.readFails(self.time) {
                self.take(self.machine.readFailed("disk", isLoad: true, at: self.time))
            } else {
                self.take(self.machine.loaded(early ?? self.deferred(read), at: self.time))
            }
        case .wake: self.take(self.machine.tick(at: self.time))
        case .appended:
            guard self.isAwaiting else { return }
            self.isAwaiting = false
            self.take(self.machine.appended(at: self.time))
        }
    }

    private mutating func check() {
        self.mostInMemory = max(self.mostInMemory, self.machine.pool.count)
        self.mostLanes = max(self.mostLanes, self.machine.lanes.count)
        if let violation = self.spool.violation { self.violation = self.violation ?? violation }
        self.checks += 1
        if self.checks % self.checkEvery == 0, let wrong = self.machine.inconsistency() {
            self.violation = self.violation ?? wrong
        }
        if self.machine.pool.count > self.options.windowCalls {
            self.violation = self.violation ?? "\(self.machine.pool.count) calls in memory"
        }
    }
}
