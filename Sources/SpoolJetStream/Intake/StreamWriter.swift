internal import DequeModule
internal import Spool
internal import Synchronization

/// Stores what waits for one stream: all of it in one atomic batch, then what has come meanwhile in the next. So one write to
/// the servers' disks, and one round among them, serves as many appends as there are.
///
/// One batch is under way at a time. What is stored is therefore in the order of the appends, and an append's part of the stream
/// is there whole or not at all, unless it is longer than a batch: then its beginning may be.
///
/// Safe on any thread. Answers are given on a thread of libnats, on the ticker, or on the caller's.
final class StreamWriter: Sendable {
    /// So that a batch does not keep a server's memory and the way to its peers busy for long.
    static let maximumBytes = 8 << 20

    /// How long a batch is tried that the servers are sure not to have stored.
    private static let patience: Duration = JetStreamClient.patience

    /// No stream gets there: a message that expects it is refused, after it was looked up whether its id is known.
    private static let neverReached = UInt64.max

    /// The messages that are stored together, and what they are of.
    private struct Group {
        struct Member {
            let piece: Int
            let message: AppendPiece.Message
        }

        var pieces: [AppendPiece]
        /// What is to be stored yet.
        var members: [Member]
        /// Whether the last piece goes on behind this group.
        let hasRest: Bool
        let until: ContinuousClock.Instant
        /// It was incomplete: which of its messages the servers do not take is asked.
        var asksEach = false
    }

    private struct State {
        var queue: Deque<AppendPiece> = []
        var isBusy = false
        /// Is to be tried again at the next tick.
        var postponed: Group?
        var count: UInt64 = 0
    }

    private let client: JetStreamClient
    private let stream: String
    private let replicas: Int
    private let state = Mutex(State())
    /// Names batches beside those of others.
    private let name = String(UInt64.random(in: .min ... .max), radix: 36)

    /// - Parameter replicas: how many servers keep the stream.
    init(client: JetStreamClient, stream: String, replicas: Int) {
        self.client = client
        self.replicas = replicas
        self.stream = stream
    }

    func write(_ piece: AppendPiece) {
        let group = self.state.withLock { state -> Group? in
            state.queue.append(piece)
            guard !state.isBusy else { return nil }
            state.isBusy = true
            return Self.next(&state)
        }
        if let group { self.send(group) }
    }

    /// Called several times a second.
    func tick() {
        let group = self.state.withLock { state -> Group? in
            defer { state.postponed = nil }
            return state.postponed
        }
        if let group { self.send(group) }
    }

    // MARK: Groups

    /// What goes next; nil when nothing waits.
    private static func next(_ state: inout State) -> Group? {
        guard var first = state.queue.popFirst() else { return nil }
        let until = ContinuousClock.now + Self.patience
        if first.messages.count > BatchPlace.maximumMessages || first.bytes > Self.maximumBytes {
            // Longer than a batch: its parts go one after the other.
            var bytes = 0
            let count = first.messages.prefix(BatchPlace.maximumMessages).prefix { message in
                bytes += message.message.weight
                return bytes <= Self.maximumBytes
            }.count
            let messages = first.takeFirst(max(1, count))
            let hasRest = !first.messages.isEmpty
            return Group(
                pieces: [first],
                members: messages.map { Group.Member(piece: 0, message: $0) },
                hasRest: hasRest,
                until: until
            )
        }
        var pieces: [AppendPiece] = []
        var members: [Group.Member] = []
        var bytes = 0
        var candidate: AppendPiece? = first
        while let piece = candidate {
            members += piece.messages.map { Group.Member(piece: pieces.count, message: $0) }
            bytes += piece.bytes
            pieces.append(piece)
            guard !piece.goesAlone, let following = state.queue.first, !following.goesAlone,
                members.count + following.messages.count <= BatchPlace.maximumMessages,
                bytes + following.bytes <= Self.maximumBytes
            else { break }
            candidate = state.queue.popFirst()
        }
        return Group(pieces: pieces, members: members, hasRest: false, until: until)
    }

    private func send(_ group: Group) {
        guard !group.members.isEmpty else { return self.stored(group, sequence: 0) }
        var messages = group.members.map(\.message.message)
        if messages.count > 1 {
            let batch = self.batchName()
            for index in messages.indices {
                messages[index].place = BatchPlace(
                    batch: batch,
                    sequence: index + 1,
                    isLast: index == messages.count - 1
                )
            }
        }
        self.client.publish(messages, asksEach: group.asksEach) { result in
            switch result {
            case .success(let ack):
                var group = group
                // One message alone is recognised by itself.
                if ack.isDuplicate { Self.takeDuplicates(&group) { _ in true } }
                self.stored(group, sequence: ack.sequence)
            case .failure(let error):
                self.failed(group, error)
            }
        }
    }

    private func batchName() -> String {
        self.state.withLock { state in
            state.count += 1
            return "\(self.name).\(state.count)"
        }
    }

    private static func takeDuplicates(_ group: inout Group, _ isDuplicate: (Int) -> Bool) {
        var left: [Group.Member] = []
        for (index, member) in group.members.enumerated() {
            if isDuplicate(index) {
                if let call = member.message.call { group.pieces[member.piece].duplicates.append(call) }
            } else {
                left.append(member)
            }
        }
        group.members = left
    }

    // MARK: Outcomes

    private func stored(_ group: Group, sequence: UInt64) {
        if group.hasRest, let piece = group.pieces.first {
            return self.goOn { $0.queue.prepend(piece) }
        }
        for piece in group.pieces { piece.answer(piece.duplicates, sequence, nil) }
        self.goOn()
    }

    private func failed(_ group: Group, _ error: RequestError) {
        switch error.errCode {
        case APIError.batchHasDuplicate where ContinuousClock.now < group.until:
            return self.replicas == 1 ? self.storeSingly(group) : self.findDuplicates(group)
        case APIError.batchIncomplete where !group.asksEach:
            // Nothing of it is stored. A message that the servers do not take is left out without a word.
            var group = group
            group.asksEach = true
            return self.send(group)
        case APIError.duplicateUnderWay, APIError.batchIncomplete, APIError.tooManyBatches:
            // Nothing of it is stored: it may be sent once more.
            if ContinuousClock.now < group.until {
                return self.state.withLock { $0.postponed = group }
            }
        case .some where group.pieces.count > 1:
            // It may be one of them that the servers do not take: each is to have its own answer.
            self.goOn { state in
                for var piece in Self.separated(group).reversed() {
                    piece.goesAlone = true
                    state.queue.prepend(piece)
                }
            }
            return
        default: break
        }
        let failure = SpoolError(error, "The stream \(self.stream)")
        var failed = group.pieces
        self.goOn { state in
            // What waits behind it would only wait as long again.
            guard failure.code == .unreachable || failure.code == .stopped else { return }
            failed += state.queue
            state.queue = []
        }
        for piece in failed { piece.answer([], 0, failure) }
    }

    /// The group's pieces with what they have left to store.
    private static func separated(_ group: Group) -> [AppendPiece] {
        group.pieces.enumerated().map { index, piece in
            var left = AppendPiece()
            left.duplicates = piece.duplicates
            left.answer = piece.answer
            for member in group.members where member.piece == index { left.append(member.message) }
            return left
        }
    }

    /// - Parameter change: done to the queue before the next group is taken from it.
    private func goOn(_ change: (inout State) -> Void = { _ in }) {
        let group = self.state.withLock { state -> Group? in
            change(&state)
            let group = Self.next(&state)
            state.isBusy = group != nil
            return group
        }
        if let group { self.send(group) }
    }

    // MARK: Repeats

    /// One server tells of each message by itself whether its id is known, and keeps their order. It has no successor that would
    /// take a later one without an earlier one.
    private func storeSingly(_ group: Group) {
        Gathering<Result<PublishAck, RequestError>>.start(group.members) { member, done in
            self.client.publish([member.message.message], done)
        } done: { answers in
            var group = group
            var sequence: UInt64 = 0
            do throws(RequestError) {
                var isDuplicate: [Bool] = []
                for answer in answers {
                    let ack = try answer.get()
                    isDuplicate.append(ack.isDuplicate)
                    sequence = max(sequence, ack.sequence)
                }
                Self.takeDuplicates(&group) { isDuplicate[$0] }
                self.stored(group, sequence: sequence)
            } catch {
                self.failed(group, error)
            }
        }
    }

    /// With several servers: asks of each message whether its id is known, without storing anything, and sends those whose is not.
    ///
    /// The servers refuse a batch as a whole and do not say for which message. A batch of one that expects an impossible sequence
    /// is refused in any case: first for its id, if that is known, else for the sequence.
    private func findDuplicates(_ group: Group) {
        let questions = group.members.map { member in
            var message = member.message.message
            message.payload = []
            message.expectedLastSequence = Self.neverReached
            message.place = BatchPlace(batch: self.batchName(), sequence: 1, isLast: true)
            return message
        }
        Gathering<Result<PublishAck, RequestError>>.start(questions) { question, done in
            self.client.publish([question], done)
        } done: { answers in
            var group = group
            var isDuplicate: [Bool] = []
            var ids: Set<String> = []
            for (index, answer) in answers.enumerated() {
                guard case .failure(let error) = answer else {
                    return self.failed(group, .failed(.client("a question was stored")))
                }
                switch error.errCode {
                case APIError.batchHasDuplicate: isDuplicate.append(true)
                case APIError.wrongLastSequence:
                    // The same id may stand twice in the group: the first one counts.
                    isDuplicate.append(questions[index].messageId.map { !ids.insert($0).inserted } ?? false)
                case APIError.duplicateUnderWay:
                    return self.state.withLock { $0.postponed = group }
                default: return self.failed(group, error)
                }
            }
            Self.takeDuplicates(&group) { isDuplicate[$0] }
            self.send(group)
        }
    }
}
