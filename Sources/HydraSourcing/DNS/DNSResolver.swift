private import CCares
private import Glibc
private import GroupCommit
private import Synchronization

/// Asks the DNS through c-ares.
///
/// Any task may ask; none is blocked: the sockets are waited for by one thread of its own, which sleeps while nothing is
/// asked. No file of this machine (`/etc/hosts`) answers, only servers do. Answers are not cached here. ``close()`` must
/// be called before it is let go.
package final class DNSResolver: Sendable {
    private let questions: Questions

    /// - Parameter servers: `host:port` of the servers to ask; empty for those of `/etc/resolv.conf`, which is read again
    ///   when questions come after a pause.
    package init(servers: [String] = []) {
        let questions = Questions(servers: servers)
        self.questions = questions
        WorkerThread.startWithProgram(name: "hydra-dns") { questions.answer() }
    }

    /// Ends the thread; what is asked and was not answered is answered with ``DNSError/cancelled``. Idempotent; does not
    /// wait.
    package func close() {
        self.questions.close()
    }

    deinit {
        self.questions.close()
    }

    /// The servers that take a domain's mail, the first to try first.
    package func mailServers(of name: String) async throws(DNSError) -> [MailServer] {
        try DNSReply.mailServers(try await self.ask(name, .mx))
    }

    /// The TXT records of a name.
    package func texts(of name: String) async throws(DNSError) -> [String] {
        try DNSReply.texts(try await self.ask(name, .txt))
    }

    /// All addresses of a name: IPv4 first, since more machines reach it.
    ///
    /// - Throws: ``DNSError/tooManyRecords`` rather than a part of them, and ``DNSError/noData`` instead of none.
    package func addresses(of name: String) async throws(DNSError) -> [IPAddress] {
        async let four = self.addresses(name, .a)
        async let six = self.addresses(name, .aaaa)
        let answers = [await four, await six]
        var addresses: [IPAddress] = []
        var failure = DNSError.noData
        for answer in answers {
            switch answer {
            case .success(let found): addresses += found
            case .failure(.noData): break
            case .failure(let error): failure = error
            }
        }
        guard !addresses.isEmpty else { throw failure }
        guard addresses.count <= SourcingLimits.addresses else { throw .tooManyRecords }
        return addresses
    }

    private func addresses(_ name: String, _ type: DNSRecordType) async -> Result<[IPAddress], DNSError> {
        do throws(DNSError) {
            let reply = try await self.ask(name, type)
            return .success(type == .a ? try DNSReply.addresses4(reply) : try DNSReply.addresses6(reply))
        } catch {
            return .failure(error)
        }
    }

    /// - Returns: the answer's bytes.
    private func ask(_ name: String, _ type: DNSRecordType) async throws(DNSError) -> [UInt8] {
        let id = self.questions.nextID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<[UInt8], DNSError>, Never>) in
                // Cancelled before it was asked: nobody would be told to take it back.
                guard !Task.isCancelled else { return continuation.resume(returning: .failure(.cancelled)) }
                self.questions.ask(Question(id: id, name: name, type: type) { continuation.resume(returning: $0) })
            }
        } onCancel: {
            self.questions.cancel(id)
        }
        return try result.get()
    }
}

/// One question on its way.
private struct Question: Sendable {
    let id: UInt64
    let name: String
    let type: DNSRecordType
    let deadline = ContinuousClock.now + SourcingLimits.question
    /// Runs exactly once.
    let completion: @Sendable (Result<[UInt8], DNSError>) -> Void

    init(
        id: UInt64,
        name: String,
        type: DNSRecordType,
        completion: @escaping @Sendable (Result<[UInt8], DNSError>) -> Void
    ) {
        self.id = id
        self.name = name
        self.type = type
        self.completion = completion
    }
}

/// The questions of a resolver, and its thread's work.
///
/// `answer` runs on that thread; the rest is called from any.
private final class Questions: Sendable {
    private struct State {
        var waiting: [Question] = []
        var cancelled: [UInt64] = []
        var open = 0
        var lastID: UInt64 = 0
        var isClosed = false
    }

    private let servers: [String]
    private let state = Mutex(State())
    /// Readable when there is something new in `state`. Closed by the thread, which is the last to use it: `close` writes
    /// before `isClosed` is seen.
    private let wakeup: Int32

    init(servers: [String]) {
        self.servers = servers
        self.wakeup = CCares_eventfd()
    }

    func nextID() -> UInt64 {
        self.state.withLock { state in
            state.lastID &+= 1
            return state.lastID
        }
    }

    func ask(_ question: Question) {
        let refusal = self.state.withLock { state -> DNSError? in
            guard !state.isClosed else { return .cancelled }
            guard self.wakeup >= 0 else { return .unavailable }
            guard state.open < SourcingLimits.questions else { return .busy }
            state.open += 1
            state.waiting.append(question)
            self.wake()
            return nil
        }
        if let refusal { question.completion(.failure(refusal)) }
    }

    func cancel(_ id: UInt64) {
        self.state.withLock { state in
            guard !state.isClosed else { return }
            state.cancelled.append(id)
            self.wake()
        }
    }

    func close() {
        self.state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            self.wake()
        }
    }

    /// Inside the lock: after `isClosed` was seen there the descriptor is another's.
    private func wake() {
        guard self.wakeup >= 0 else { return }
        var one: UInt64 = 1
        _ = unsafe write(self.wakeup, &one, MemoryLayout<UInt64>.size)
    }

    // MARK: The thread

    /// What the thread alone knows.
    private final class Desk {
        var channel: DNSChannel?
        var open: [UInt64: Question] = [:]
        var answered: [(UInt64, Result<[UInt8], DNSError>)] = []
    }

    func answer() {
        let desk = Desk()
        while true {
            let (waiting, cancelled, isClosed) = self.state.withLock { state in
                defer {
                    state.waiting = []
                    state.cancelled = []
                }
                return (state.waiting, state.cancelled, state.isClosed)
            }
            for question in waiting { self.take(question, desk) }
            for id in cancelled { self.finish(id, .failure(.cancelled), desk) }
            if isClosed { break }
            self.settle(desk)
            self.wait(desk)
        }
        for id in Array(desk.open.keys) { self.finish(id, .failure(.cancelled), desk) }
        desk.channel = nil
        if self.wakeup >= 0 { _ = Glibc.close(self.wakeup) }
    }

    private func take(_ question: Question, _ desk: Desk) {
        desk.open[question.id] = question
        do throws(DNSError) {
            // A channel lives as long as there are questions: so the system's servers are read anew, and no socket stays
            // open.
            let channel: DNSChannel
            if let known = desk.channel {
                channel = known
            } else {
                channel = try DNSChannel(servers: self.servers)
                desk.channel = channel
            }
            let id = question.id
            channel.ask(question.name, question.type) { [weak desk] result in desk?.answered.append((id, result)) }
        } catch {
            self.finish(question.id, .failure(error), desk)
        }
    }

    /// Hands out what was answered, and ends what took too long.
    private func settle(_ desk: Desk) {
        let answered = desk.answered
        desk.answered = []
        for (id, result) in answered { self.finish(id, result, desk) }
        let now = ContinuousClock.now
        for question in desk.open.values where question.deadline <= now {
            self.finish(question.id, .failure(.timeout), desk)
        }
        if desk.open.isEmpty { desk.channel = nil }
    }

    private func finish(_ id: UInt64, _ result: Result<[UInt8], DNSError>, _ desk: Desk) {
        guard let question = desk.open.removeValue(forKey: id) else { return }
        self.state.withLock { $0.open -= 1 }
        question.completion(result)
    }

    /// Until a socket is ready, time is up, or somebody asks.
    private func wait(_ desk: Desk) {
        let interests = desk.channel?.interests ?? []
        var descriptors = [pollfd(fd: self.wakeup, events: Int16(POLLIN), revents: 0)]
        for interest in interests {
            let events = (interest.reads ? POLLIN : 0) | (interest.writes ? POLLOUT : 0)
            descriptors.append(pollfd(fd: interest.descriptor, events: Int16(events), revents: 0))
        }
        var patience = desk.channel?.patience
        if let deadline = desk.open.values.map(\.deadline).min() {
            let left = max(.zero, ContinuousClock.now.duration(to: deadline))
            patience = min(patience ?? left, left)
        }
        // One more than the whole milliseconds: not to wake just before the time.
        let milliseconds =
            patience.map { Int32(clamping: $0.components.seconds &* 1_000 &+ $0.milliseconds &+ 1) } ?? -1
        let ready = unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
        guard let channel = desk.channel else { return self.drain() }
        if ready > 0 {
            for descriptor in descriptors.dropFirst() where descriptor.revents != 0 {
                let isReadable = descriptor.revents & Int16(POLLIN | POLLERR | POLLHUP) != 0
                let isWritable = descriptor.revents & Int16(POLLOUT) != 0
                channel.process(
                    readable: isReadable ? descriptor.fd : -1,
                    writable: isWritable ? descriptor.fd : -1
                )
            }
        }
        channel.process(readable: -1, writable: -1)
        self.drain()
    }

    private func drain() {
        var count: UInt64 = 0
        _ = unsafe read(self.wakeup, &count, MemoryLayout<UInt64>.size)
    }
}

extension Duration {
    /// Of the part below a second.
    fileprivate var milliseconds: Int64 { self.components.attoseconds / 1_000_000_000_000_000 }
}
