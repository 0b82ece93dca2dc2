import Hydra
import HydraLimits
import JSON

/// The part of the interface that takes calls.
extension HydraAPI {
    static let stopping = CallProblem(.unavailable, "Hydra is stopping.")

    /// `/v1/identify` and `/v1/track`.
    func take(_ kind: CallKind, account: Account, exchange: Exchange) {
        let request = exchange.request
        let call: IncomingCall
        do throws(CallProblem) {
            guard !request.bodyExceedsLimit, request.body.count <= CallLimits.callBytes else {
                throw CallProblem(.bodyTooLarge, "A call may have \(CallLimits.callBytes) bytes.")
            }
            call = try self.reader(request, account).single(try self.document(request.body), kind: kind)
        } catch {
            let result = CallResult(problem: error, messageId: request.idempotencyKey, kind: kind)
            return self.finish(result, exchange)
        }
        self.engine.submit([call], account: account) { outcomes in
            self.finish(CallResult(call: call, outcome: outcomes.first ?? .failed(Self.stopping)), exchange)
        }
    }

    private func finish(_ result: CallResult, _ exchange: Exchange) {
        if case .failed(let problem) = result.outcome {
            exchange.send(.error(problem))
        } else {
            var writer = JSONWriter(reserving: 128)
            result.write(into: &writer)
            exchange.send(.json(writer.bytes))
        }
        self.observer.handled(result.handled(by: exchange, isBatched: false))
    }

    /// `/v1/batch`.
    func takeBatch(account: Account, exchange: Exchange) {
        let request = exchange.request
        var results: [CallResult?] = []
        var calls: [IncomingCall] = []
        do throws(CallProblem) {
            guard !request.bodyExceedsLimit, request.body.count <= CallLimits.batchBytes else {
                throw CallProblem(
                    .bodyTooLarge,
                    "A batch may have \(CallLimits.batchCalls) calls and \(CallLimits.batchBytes) bytes."
                )
            }
            let reader = try self.reader(request, account)
            for element in try reader.elements(try self.document(request.body)) {
                do throws(CallProblem) {
                    calls.append(try reader.element(element))
                    results.append(nil)
                } catch {
                    results.append(Self.result(of: element, error))
                }
            }
        } catch {
            return exchange.finish(.error(error), route: .batch)
        }
        guard !calls.isEmpty else { return self.finish(results.compactMap(\.self), exchange) }
        let judged = results
        let taken = calls
        self.engine.submit(taken, account: account) { outcomes in
            self.finish(judged, taken, outcomes, exchange)
        }
    }

    /// Puts what became of the good calls between the judgements of the bad ones.
    private func finish(
        _ judged: [CallResult?],
        _ taken: [IncomingCall],
        _ outcomes: [CallOutcome],
        _ exchange: Exchange
    ) {
        // Nothing of the batch is on disk then: the sender is told in one word, as the contract says.
        let unavailable = outcomes.lazy.compactMap { outcome -> CallProblem? in
            if case .failed(let problem) = outcome, problem.code == .unavailable { problem } else { nil }
        }
        if let problem = unavailable.first, unavailable.count == outcomes.count {
            return exchange.finish(.error(problem), route: .batch)
        }
        var written = zip(taken, outcomes).makeIterator()
        let results = judged.compactMap { result in
            result ?? written.next().map { CallResult(call: $0, outcome: $1) }
        }
        self.finish(results, exchange)
    }

    private func finish(_ results: [CallResult], _ exchange: Exchange) {
        var writer = JSONWriter(reserving: 64 + results.count * 96)
        writer.beginObject()
        writer.key("results")
        writer.beginArray()
        for result in results { result.write(into: &writer) }
        writer.endArray()
        writer.endObject()
        exchange.finish(.json(writer.bytes), route: .batch)
        for result in results { self.observer.handled(result.handled(by: exchange, isBatched: true)) }
    }

    /// The judgement of a call that cannot be taken, with as much of its name as can be read.
    private static func result(of element: JSONValue, _ problem: CallProblem) -> CallResult {
        let messageId = element.kind == .object ? element["messageId"]?.string : nil
        let isPlausible = messageId.map { $0.unicodeScalars.count <= CallLimits.identifierCharacters } ?? false
        return CallResult(
            problem: problem,
            messageId: isPlausible ? messageId : nil,
            kind: element.kind == .object ? element["type"]?.string.flatMap { CallKind(name: $0) } : nil
        )
    }

    private func reader(_ request: APIRequest, _ account: Account) throws(CallProblem) -> CallReader {
        // The contract has bytes other than visible ASCII percent-encoded; a key with a bare `%` is meant as it is.
        let key = request.idempotencyKey.map { PercentEncoding.decoded($0[...], plusIsSpace: false) ?? $0 }
        let rules: IdentityRulesCache.Entry
        do {
            rules = try self.engine.identityRules.of(account)
        } catch {
            throw CallProblem(.unavailable, "The store cannot be read now.")
        }
        return CallReader(
            account: account,
            arrivedAt: .now(),
            idempotencyKey: key,
            sequence: self.engine.sequence,
            nobody: rules.nobody
        )
    }

    private func document(_ body: [UInt8]) throws(CallProblem) -> JSONDocument {
        do {
            return try self.engine.parsers.parse(body)
        } catch {
            throw CallProblem(.notJSON, "The body is not JSON: \(error.message)")
        }
    }
}
