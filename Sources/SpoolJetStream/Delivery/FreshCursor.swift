internal import DequeModule
internal import JSON
internal import Logging
internal import Spool
internal import Synchronization

/// Reads a partition's stream from some place on, ahead of who wants its calls, within a bound of bytes.
///
/// Behind it stands a consumer on the servers that remembers nothing: when it is gone, with the server it was on, another one
/// begins where this one stopped. Safe on any thread: libnats brings messages, tasks take them, the ticker looks after the
/// consumer.
final class FreshCursor: Sendable {
    struct Entry: Sendable {
        let sequence: UInt64
        /// nil: somebody else's message, or one that needs a later version.
        let call: StoredCall?
        let neededVersion: UInt8?
        let bytes: Int
    }

    /// What can be read at the moment.
    struct Reading: Sendable {
        let entries: [Entry]
        /// Everything before this was read, here or before.
        let next: UInt64
        /// When the servers last said that nothing stands behind it; nil when something does, or it is not known.
        let isAtEnd: Bool
    }

    private enum Phase {
        /// No consumer.
        case none
        case creating
        case reading(consumer: String)
    }

    private struct State {
        var entries: Deque<Entry> = []
        var bytes = 0
        /// Every message from here on is in ``entries`` or still to come.
        var start: UInt64
        /// The first one that is still to come.
        var next: UInt64
        var phase = Phase.none
        /// Counts consumers: what an earlier one brings is passed over.
        var attempt = 0
        var subscription: NATSSubscription?
        var inbox = ""
        /// How many messages were asked for and have not come.
        var requested = 0
        /// How many came since they were asked for.
        var received = 0
        /// The next message is longer than what is asked for at once.
        var wantsOne = false
        var consumerSequence: UInt64 = 0
        /// How many messages stand behind the last one that came; nil when not known.
        var behind: UInt64?
        var heardAt = ContinuousClock.now
        var retryAt = ContinuousClock.now
        var generation = 0
        var usedAt = ContinuousClock.now
        var isClosed = false
    }

    private let client: JetStreamClient
    private let stream: String
    private let partition: Int
    private let maximumBytes: Int
    private let arrived: AsyncSignal
    private let state: Mutex<State>

    private static let batch = 500
    /// A consumer tells every second that it is there.
    private static let silence: Duration = .seconds(3)

    /// - Parameters:
    ///   - sequence: where to begin.
    ///   - maximumBytes: how far to read ahead, roughly.
    ///   - arrived: told of everything that changes.
    init(
        _ client: JetStreamClient,
        stream: String,
        partition: Int,
        from sequence: UInt64,
        maximumBytes: Int,
        arrived: AsyncSignal
    ) {
        self.client = client
        self.stream = stream
        self.partition = partition
        self.maximumBytes = maximumBytes
        self.arrived = arrived
        self.state = Mutex(State(start: sequence, next: sequence))
    }

    // MARK: Reading

    /// Whether a read of what stands behind this sequence can go on here.
    func covers(after sequence: UInt64) -> Bool {
        self.state.withLock { $0.start <= sequence + 1 && sequence < $0.next }
    }

    var usedAt: ContinuousClock.Instant { self.state.withLock { $0.usedAt } }

    /// Entries behind a sequence.
    func read(after sequence: UInt64, rows: Int) -> Reading {
        let (reading, dropped) = self.state.withLock { state -> (Reading, [Entry]) in
            state.usedAt = ContinuousClock.now
            var dropped: [Entry] = []
            while state.bytes > self.maximumBytes / 2, let first = state.entries.first, first.sequence <= sequence {
                state.entries.removeFirst()
                state.bytes -= first.bytes
                state.start = first.sequence + 1
                dropped.append(first)
            }
            return (Self.reading(state, after: sequence, rows: rows), dropped)
        }
        // Freed outside the lock.
        _ = dropped
        self.ask()
        return reading
    }

    /// The same without making room for more.
    func peek(after sequence: UInt64, rows: Int) -> Reading {
        self.state.withLock { Self.reading($0, after: sequence, rows: rows) }
    }

    private static func reading(_ state: State, after sequence: UInt64, rows: Int) -> Reading {
        var low = 0
        var high = state.entries.count
        while low < high {
            let middle = (low + high) / 2
            if state.entries[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return Reading(
            entries: Array(state.entries[low...].prefix(max(1, rows))),
            next: state.next,
            isAtEnd: state.behind == 0
        )
    }

    /// Whether nothing more is read before something is taken.
    var isFull: Bool { self.state.withLock { $0.bytes >= self.maximumBytes } }

    // MARK: The consumer

    /// Looks after the consumer. May wait for the socket when it makes one.
    func tick() {
        let generation = self.client.generation
        let now = ContinuousClock.now
        let creates = self.state.withLock { state -> Bool in
            guard !state.isClosed else { return false }
            if case .reading = state.phase {
                let isDead =
                    state.generation != generation
                    || (state.requested > 0 && now - state.heardAt > Self.silence)
                if isDead { Self.reset(&state) }
            }
            guard case .none = state.phase, now >= state.retryAt, self.client.isConnected else { return false }
            state.phase = .creating
            state.attempt += 1
            state.generation = generation
            state.inbox = "_INBOX.hydra\(UInt64.random(in: .min ... .max))"
            return true
        }
        if creates { self.create() } else { self.ask() }
    }

    private static func reset(_ state: inout State, pause: Duration = .zero) {
        state.phase = .none
        state.requested = 0
        state.behind = nil
        state.attempt += 1
        state.retryAt = ContinuousClock.now + pause
    }

    private func create() {
        let (attempt, inbox, next) = self.state.withLock { ($0.attempt, $0.inbox, $0.next) }
        let subscription: NATSSubscription
        do {
            subscription = try self.client.subscribe(inbox) { [weak self] message in
                self?.received(message, attempt: attempt)
            }
        } catch {
            self.failed(attempt: attempt)
            return
        }
        let old = self.state.withLock { state -> NATSSubscription? in
            defer { state.subscription = subscription }
            return state.subscription
        }
        // Ended outside the lock.
        _ = old
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("stream_name", self.stream)
        writer.key("config")
        writer.beginObject()
        writer.member("deliver_policy", "by_start_sequence")
        writer.member("opt_start_seq", next)
        writer.member("ack_policy", "none")
        writer.member("replay_policy", "instant")
        writer.member("inactive_threshold", 30_000_000_000)
        writer.member("num_replicas", 1)
        writer.member("mem_storage", true)
        writer.endObject()
        writer.endObject()
        self.client.ask("CONSUMER.CREATE.\(self.stream)", writer.bytes) { [weak self] result in
            guard let self else { return }
            guard case .success(let document) = result, let name = document.root["name"]?.string else {
                return self.failed(attempt: attempt)
            }
            let isMine = self.state.withLock { state -> Bool in
                guard state.attempt == attempt else { return false }
                state.phase = .reading(consumer: name)
                state.consumerSequence = 0
                state.heardAt = ContinuousClock.now
                state.behind = (document.root["num_pending"]?.int64).map { UInt64(clamping: $0) }
                return true
            }
            guard isMine else { return }
            self.ask()
            self.arrived.notify()
        }
    }

    private func failed(attempt: Int) {
        self.state.withLock { state in
            guard state.attempt == attempt else { return }
            Self.reset(&state, pause: .milliseconds(300))
        }
    }

    /// Asks for more when there is room.
    private func ask() {
        let request = self.state.withLock { state -> (subject: String, inbox: String, body: String)? in
            guard case .reading(let consumer) = state.phase, state.requested == 0, state.bytes < self.maximumBytes,
                !state.isClosed
            else { return nil }
            let batch = state.wantsOne ? 1 : Self.batch
            let bytes = state.wantsOne ? "" : #","max_bytes":\#(max(32 << 10, self.maximumBytes / 4))"#
            state.requested = batch
            state.received = 0
            state.wantsOne = false
            state.heardAt = ContinuousClock.now
            return (
                "$JS.API.CONSUMER.MSG.NEXT.\(self.stream).\(consumer)", state.inbox,
                #"{"batch":\#(batch)\#(bytes),"expires":20000000000,"idle_heartbeat":1000000000}"#
            )
        }
        guard let request else { return }
        self.client.post(OutgoingMessage(request.subject, Array(request.body.utf8)), reply: request.inbox)
    }

    private func received(_ message: NATSMessage, attempt: Int) {
        guard let place = message.reply.flatMap(Place.init) else { return self.told(message, attempt: attempt) }
        let payload = message.payload
        let call = CallRecord.decode(payload, id: CallId.make(partition: self.partition, sequence: place.sequence))
        // A call without a body takes room as well.
        let entry = Entry(
            sequence: place.sequence,
            call: call.record,
            neededVersion: call.neededVersion,
            bytes: payload.count + 256
        )
        let isTaken = self.state.withLock { state -> Bool in
            guard state.attempt == attempt, !state.isClosed else { return false }
            guard place.consumerSequence == state.consumerSequence + 1, place.sequence >= state.next else {
                // One was lost on the way.
                Self.reset(&state)
                return false
            }
            state.consumerSequence = place.consumerSequence
            state.entries.append(entry)
            state.bytes += entry.bytes
            state.next = place.sequence + 1
            state.behind = place.behind
            state.requested = max(0, state.requested - 1)
            state.received += 1
            state.heardAt = ContinuousClock.now
            return true
        }
        guard isTaken else { return }
        self.ask()
        self.arrived.notify()
    }

    /// Something about the consumer itself.
    private func told(_ message: NATSMessage, attempt: Int) {
        let status = message.status ?? 0
        let text = message.statusText
        self.state.withLock { state in
            guard state.attempt == attempt else { return }
            state.heardAt = ContinuousClock.now
            switch status {
            case 100: break
            case 404, 408: state.requested = 0
            case 409 where text.contains("MaxBytes"):
                state.wantsOne = state.received == 0
                state.requested = 0
            case 409, 503: Self.reset(&state, pause: .milliseconds(300))
            default: break
            }
        }
        self.ask()
    }

    func close() {
        let subscription = self.state.withLock { state -> NATSSubscription? in
            state.isClosed = true
            Self.reset(&state)
            state.entries = []
            defer { state.subscription = nil }
            return state.subscription
        }
        _ = subscription
    }

    /// Where a message stands, by its reply subject: `$JS.ACK.stream.consumer.delivered.stream-sequence.consumer-sequence.
    /// time.pending`, with two more words before the stream in later versions.
    private struct Place {
        let sequence: UInt64
        let consumerSequence: UInt64
        let behind: UInt64

        init?(_ reply: String) {
            let words = reply.utf8.split(separator: 0x2E)
            let offset = words.count >= 11 ? 2 : 0
            guard words.count >= 9, reply.hasPrefix("$JS.ACK."),
                let sequence = UInt64(String(decoding: words[5 + offset], as: UTF8.self)),
                let consumerSequence = UInt64(String(decoding: words[6 + offset], as: UTF8.self)),
                let behind = UInt64(String(decoding: words[8 + offset], as: UTF8.self))
            else { return nil }
            self.sequence = sequence
            self.consumerSequence = consumerSequence
            self.behind = behind
        }
    }
}
