import CFastCGI
import Glibc
import Logging

extension Engine {
    /// Requests up to this size that wait whole in the kernel are read by libfcgi itself. nginx sends headers and a
    /// single event in 1 to 4 KiB.
    static let directBytes = 16 << 10
    /// Read at once from a request that comes in pieces: nginx's records are up to 32 KiB.
    static let scratchBytes = 64 << 10
    /// Read from one connection before others get their turn.
    private static let fairBytes = 1 << 20

    /// Serves a connection that an event was told for. The caller becomes its owner.
    func receive(_ connection: Connection, scratch: inout [UInt8]) {
        let phase = connection.take()
        if phase == .receiving || phase == .expired { self.registry.endsReceiving() }
        if phase == .expired {
            self.close(connection)
            return
        }
        if connection.gathering == nil {
            let started = monotonicNow()
            let count = unsafe cfcgi_peek(connection.descriptor, &scratch, Self.directBytes)
            guard count > 0 else {
                self.noBytes(count, connection)
                return
            }
            var scanner = RecordScanner(limits: self.options.limits)
            do throws(RecordRefusal) {
                let used = try scanner.scan(scratch.span.extracting(0..<count)) { _, _ in }
                if scanner.isComplete, used == count, scanner.isPlain, !scanner.parametersExceedLimit,
                    !scanner.bodyExceedsLimit
                {
                    self.lend(connection, scanner, started)
                    return
                }
            } catch {
                self.refuse(connection, error)
                return
            }
            connection.gathering = Gathering(limits: self.options.limits, started: started)
        }
        self.gather(connection, scratch: &scratch)
    }

    /// `count` is what a read has returned: 0 or -1.
    private func noBytes(_ count: Int, _ connection: Connection) {
        if count < 0, errno == EAGAIN || errno == EINTR {
            self.awaitMore(connection)
            return
        }
        if let gathering = connection.gathering, !gathering.scanner.isUntouched {
            self.counters.brokenRequests.increment()
        }
        self.close(connection)
    }

    private func awaitMore(_ connection: Connection) {
        guard let gathering = connection.gathering, !gathering.scanner.isUntouched else {
            connection.gathering = nil
            self.wait(connection, in: .idle)
            return
        }
        let now = monotonicNow()
        let end = gathering.started &+ self.requestTimeout
        guard now < end else {
            // The keeper does not find a connection resting that never stops sending.
            self.counters.timeouts.increment()
            self.close(connection)
            return
        }
        self.wait(connection, in: .receiving, deadline: min(end, now &+ self.readTimeout))
    }

    /// Reads on until the request is complete or the kernel has no more of it.
    private func gather(_ connection: Connection, scratch: inout [UInt8]) {
        var budget = Self.fairBytes
        while var gathering = exchange(&connection.gathering, with: nil) {
            let wanted = min(gathering.scanner.wanted, scratch.count)
            let count = unsafe cfcgi_receive(connection.descriptor, &scratch, wanted)
            guard count > 0 else {
                connection.gathering = gathering
                self.noBytes(count, connection)
                return
            }
            do throws(RecordRefusal) {
                try gathering.take(scratch.span.extracting(0..<count))
            } catch {
                self.refuse(connection, error)
                return
            }
            let answers = gathering.scanner.takeAnswers()
            guard answers.isEmpty || self.send(answers, to: connection) else {
                self.counters.brokenRequests.increment()
                self.close(connection)
                return
            }
            if gathering.scanner.isComplete {
                guard gathering.scanner.isAborted else {
                    self.lend(connection, gathering)
                    return
                }
                self.counters.abortedRequests.increment()
                guard self.end(gathering.scanner, on: connection) else { return }
                connection.gathering = Gathering(limits: self.options.limits, started: monotonicNow())
                continue
            }
            connection.gathering = gathering
            budget &-= count
            if budget <= 0 {
                self.awaitMore(connection)
                return
            }
        }
    }

    /// Answers a request that the front server has given up; false if the connection is closed.
    private func end(_ scanner: RecordScanner, on connection: Connection) -> Bool {
        var record: [UInt8] = []
        RecordWriter.end(scanner.request, ProtocolStatus.requestComplete, to: &record)
        if self.send(record, to: connection), scanner.keepsConnection { return true }
        self.close(connection)
        return false
    }

    private func send(_ bytes: [UInt8], to connection: Connection) -> Bool {
        unsafe cfcgi_send(connection.descriptor, bytes, bytes.count) == bytes.count
    }

    private func refuse(_ connection: Connection, _ refusal: RecordRefusal) {
        self.counters.malformedRecords.increment()
        if case .role(let request) = refusal {
            var record: [UInt8] = []
            RecordWriter.end(request, ProtocolStatus.unknownRole, to: &record)
            _ = self.send(record, to: connection)
        }
        if let held = self.recordThrottle.pass() {
            self.logger.warning(
                "connection closed: its bytes are not a front server's",
                metadata: ["fastcgi.reason": "\(refusal.code)", "log.held": "\(held)"]
            )
        }
        self.close(connection)
    }

    // MARK: Whole requests

    /// The whole request waits in the socket: libfcgi reads it there.
    private func lend(_ connection: Connection, _ scanner: RecordScanner, _ started: UInt64) {
        guard connection.library.accept(from: connection.descriptor) else {
            self.counters.brokenRequests.increment()
            self.close(connection, isOpen: false)
            return
        }
        guard let body = connection.library.body(scanner.bodyBytes) else {
            self.counters.brokenRequests.increment()
            connection.library.abandon()
            self.close(connection)
            return
        }
        self.handle(connection, scanner, body, started)
    }

    /// The request was gathered: libfcgi reads its parameters from memory.
    private func lend(_ connection: Connection, _ gathering: Gathering) {
        let head = RecordWriter.head(
            request: gathering.scanner.request,
            keepsConnection: gathering.scanner.keepsConnection,
            parameters: gathering.parameters
        )
        let file = cfcgi_memory_file()
        let isWritten = unsafe file >= 0 && pwrite(file, head, head.count, 0) == head.count
        guard isWritten, connection.library.accept(from: file) else {
            // libfcgi closes what it cannot read.
            if file >= 0, !isWritten { Glibc.close(file) }
            self.counters.brokenRequests.increment()
            self.close(connection)
            return
        }
        Glibc.close(file)
        connection.library.redirect(to: connection.descriptor)
        self.handle(connection, gathering.scanner, gathering.body, gathering.started)
    }

    private func handle(_ connection: Connection, _ scanner: RecordScanner, _ body: [UInt8], _ started: UInt64) {
        let parameters =
            scanner.parametersExceedLimit
            ? .none
            : connection.library.parameters(pairs: scanner.parameterPairs, bytes: scanner.parameterBytes)
        connection.isKept = scanner.keepsConnection
        if scanner.parametersExceedLimit {
            self.counters.longParameters.increment()
            self.counters.requests.increment()
            self.answer(connection, with: .parametersTooLong)
            return
        }
        if scanner.bodyExceedsLimit { self.counters.longBodies.increment() }
        let request = Request(
            parameters: parameters,
            body: body,
            bodyExceedsLimit: scanner.bodyExceedsLimit,
            started: started
        )
        self.counters.requests.increment()
        connection.rest(.answering)
        self.handler(request, Reply(connection, engine: self, parameters: parameters))
    }
}
