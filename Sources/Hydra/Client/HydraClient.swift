private import AsyncHTTPClient
package import Logging
private import NIOCore
private import NIOHTTP1
private import NIOPosix
private import NIOSSL
private import Synchronization

#if canImport(Glibc)
private import Glibc
#endif

/// Sends calls over HTTP/1.1 on kept connections.
///
/// Any task may use it, at the same time as others. ``shutdown()`` must be called before it is released. It holds no
/// state of its own about calls: what to do with an ``Answer`` is the relay's business. Nothing is sent twice by it,
/// and no redirect is followed.
///
/// Which certificates are trusted can change while it works: ``trust(caFile:)``. Connections that are open stay.
///
/// It never logs API keys, message ids or bodies.
package final class HydraClient: CallSending {
    /// How much of a single call's answer is read. Also of errors, since a connection whose answer was not read to its
    /// end cannot be kept.
    private static let answerBytes = 64 << 10

    /// What a batch's answer may have in addition, for each call: an id of 1,024 bytes and a message, escaped.
    private static let answerBytesForEachCall = 4 << 10

    private let configuration: HydraClientConfiguration
    private let http: HTTPClient
    private let logger: Logger
    private let userAgent: String
    private let trusted: Mutex<Trusted>

    /// What ``trust(caFile:)`` was told last.
    private struct Trusted {
        var caFile: String?
        /// nil as long as it is what the client was made with.
        var tls: TLSConfiguration?
    }

    /// - Throws: if the file of additional certificates cannot be used. Nothing is connected yet.
    package init(configuration: HydraClientConfiguration, logger: Logger) throws(HydraClientError) {
        let tls = try Self.tls(caFile: configuration.caFile)
        self.trusted = Mutex(Trusted(caFile: configuration.caFile, tls: nil))
        var http = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(configuration.connectTimeout),
                read: TimeAmount(configuration.readTimeout),
                write: TimeAmount(configuration.readTimeout)
            ),
            connectionPool: .init(
                idleTimeout: TimeAmount(configuration.idleTimeout),
                concurrentHTTP1ConnectionsPerHostSoftLimit: max(1, configuration.connections)
            )
        )
        http.httpVersion = .http1Only
        // When and how often to try again is decided in one place, the relay, which also tells people about it. The
        // pool's own attempts would hide an unreachable Hydra until the connect timeout.
        http.connectionPool.retryConnectionEstablishment = false
        self.configuration = configuration
        self.http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: http)
        self.logger = logger
        self.userAgent = "hydra-gateway/\(HeaderText.encode(configuration.version))"
    }

    /// Reads the file of additional certificates again, or another one: connections that are made from now on trust what is
    /// in it. Blocks on the disk.
    /// - Throws: if it cannot be used; then everything stays as it was.
    package func trust(caFile: String?) throws(HydraClientError) {
        let tls = try Self.tls(caFile: caFile)
        self.trusted.withLock { $0 = Trusted(caFile: caFile, tls: tls) }
    }

    package func send(_ call: Call, to endpoint: Endpoint) async -> Answer {
        do {
            let answer = try await self.post(
                ByteBuffer(bytes: call.body),
                path: call.kind.path,
                to: endpoint,
                traceId: call.traceId,
                idempotencyKey: call.messageId,
                answerLimit: Self.answerBytes
            )
            return answer.answer(now: Self.now())
        } catch {
            return Answer(error)
        }
    }

    package func send(batch: [Call], to endpoint: Endpoint) async -> [Answer] {
        var answers: [Answer] = []
        answers.reserveCapacity(batch.count)
        for part in BatchBody.parts(of: batch, maximumBytes: self.configuration.maximumBatchBytes) {
            answers += await self.send(part: part, to: endpoint)
        }
        return answers
    }

    /// Closes all connections. Calls that are under way get `.retry` with ``RetryReason/cancelled`` or
    /// ``RetryReason/shutDown``; so do all later ones. Does nothing the second time.
    package func shutdown() async {
        do {
            try await self.http.shutdown()
        } catch {
            guard error as? HTTPClientError != .alreadyShutdown else { return }
            self.logger.warning(
                "Connections to Hydra were not closed in order",
                metadata: ["error.message": "\(TransportFailure(error).message)"]
            )
        }
    }

    // MARK: Batches

    /// One request with several calls.
    ///
    /// If the batch as a whole is refused, that says nothing about any one of its calls: the fault may be a single
    /// call, or the size. So each is asked about once more, by itself, and that answer is its own: a batch of 100 costs
    /// 101 requests at most. An answer that is not about the call ends the asking: it is the rest's too.
    private func send(part: ArraySlice<Call>, to endpoint: Endpoint) async -> [Answer] {
        let answer: HTTPAnswer
        do {
            answer = try await self.post(
                BatchBody.buffer(of: part),
                path: BatchBody.path,
                to: endpoint,
                traceId: part.first?.traceId ?? "",
                idempotencyKey: nil,
                answerLimit: Self.answerBytes + part.count * Self.answerBytesForEachCall
            )
            if (200...299).contains(answer.status) {
                return try BatchAnswer.read(answer, to: part, now: Self.now())
            }
        } catch {
            return part.map { _ in Answer(error) }
        }
        switch answer.status {
        case 404, 405, 501:
            // Not the calls' fault: dead letters would be all of them.
            let failure = Answer.retry(
                status: answer.status,
                reason: RetryReason.noBatch.rawValue,
                message: "the endpoint does not offer \(BatchBody.path): set delivery.batch: false",
                after: nil
            )
            return part.map { _ in failure }
        case 409:
            return part.map { _ in
                Answer(TransportFailure(.badBatchAnswer, "a batch was answered with 409, without results"))
            }
        default:
            let whole = answer.answer(now: Self.now())
            guard case .refused = whole, part.count > 1 else { return part.map { _ in whole } }
            self.logger.info(
                "Hydra refused a batch as a whole; its calls are sent one by one",
                metadata: ["http.response.status_code": "\(answer.status)", "labels.calls": "\(part.count)"]
            )
            var answers: [Answer] = []
            for call in part {
                switch answers.last {
                case .unauthorized(let status, let message)?:
                    answers.append(.unauthorized(status: status, message: message))
                case .retry(let status, let reason, let message, let after)?:
                    answers.append(.retry(status: status, reason: reason, message: message, after: after))
                case .done?, .refused?, nil:
                    answers.append(await self.send(call, to: endpoint))
                }
            }
            return answers
        }
    }

    // MARK: HTTP

    /// One exchange: request, head and body, all within the configured time.
    private func post(
        _ body: ByteBuffer,
        path: String,
        to endpoint: Endpoint,
        traceId: String,
        idempotencyKey: String?,
        answerLimit: Int
    ) async throws(TransportFailure) -> HTTPAnswer {
        let deadline = NIODeadline.now() + TimeAmount(self.configuration.requestTimeout)
        var request = HTTPClientRequest(url: endpoint.url + path)
        request.method = .POST
        request.setBasicAuth(username: endpoint.apiKey.value, password: "")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: self.userAgent)
        if !traceId.isEmpty {
            request.headers.add(name: "X-Request-Id", value: HeaderText.encode(traceId))
        }
        if let idempotencyKey {
            request.headers.add(name: "Idempotency-Key", value: HeaderText.encode(idempotencyKey))
        }
        request.body = .bytes(body)
        let trusted = self.trusted.withLock { $0 }
        request.tlsConfiguration = trusted.tls
        do {
            let response = try await self.http.execute(request, deadline: deadline)
            let read = try await Self.collect(response.body, upTo: answerLimit, deadline: deadline)
            return HTTPAnswer(
                status: Int(response.status.code),
                retryAfter: response.headers.first(name: "Retry-After"),
                location: response.headers.first(name: "Location"),
                contentType: response.headers.first(name: "Content-Type")?.lowercased() ?? "",
                body: read
            )
        } catch {
            throw TransportFailure(error).naming(peer: endpoint.url, caFile: trusted.caFile)
        }
    }

    /// Reads a body to its end. The client's own deadline ends with the head, and its read timeout begins anew with
    /// every byte: a body that trickles needs a bound of ours.
    ///
    /// - Returns: nothing of a body that is longer than `limit`: the status tells enough, only the connection is lost.
    private static func collect(
        _ body: HTTPClientResponse.Body,
        upTo limit: Int,
        deadline: NIODeadline
    ) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                do {
                    let bytes = try await Array(body.collect(upTo: limit).readableBytesView)
                    // A cancelled body ends early, as if it were complete.
                    try Task.checkCancellation()
                    return bytes
                } catch is NIOTooManyBytesError {
                    return []
                }
            }
            group.addTask {
                try await Task.sleep(for: .nanoseconds((deadline - .now()).nanoseconds))
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let bytes = first else {
                throw TransportFailure(.deadline, "the answer was not complete within the time allowed")
            }
            return bytes
        }
    }

    private static func tls(caFile: String?) throws(HydraClientError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let caFile { tls.additionalTrustRoots = [.certificates(try Self.certificates(in: caFile))] }
        return tls
    }

    /// - Throws: if there is none.
    private static func certificates(in path: String) throws(HydraClientError) -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(path)
        } catch let error as IOError {
            throw .unusableCertificates(path: path, reason: TransportFailure(error).message)
        } catch {
            throw .unusableCertificates(path: path, reason: "it cannot be read as PEM")
        }
        guard !certificates.isEmpty else {
            throw .unusableCertificates(path: path, reason: "there is no certificate in it")
        }
        return certificates
    }

    /// Seconds since 1970.
    private static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec)
    }
}
