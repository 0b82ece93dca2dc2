import Hydra
import HydraLimits
import Logging

/// Hydra's HTTP interface: what the contract promises, over an ``Engine``.
///
/// Knows nothing of the protocol that carries it. Any thread; calls are answered from the committer's, what is asked with
/// a key from one of ``APIThreads``, the rest on the calling one.
package final class HydraAPI: Sendable {
    let engine: Engine
    let observer: any APIObserver
    private let threads: APIThreads?

    /// - Parameter threads: where requests that may take their time are answered; nil: on the calling thread.
    package init(engine: Engine, observer: any APIObserver, threads: APIThreads? = nil) {
        self.engine = engine
        self.observer = observer
        self.threads = threads
    }

    /// Answers one request.
    ///
    /// - Parameter completion: runs exactly once, here or on another thread. Must not block.
    package func answer(_ request: APIRequest, completion: @escaping @Sendable (APIAnswer) -> Void) {
        self.answer(Exchange(request: request, observer: self.observer, completion: completion), as: nil)
    }

    /// Answers one request of somebody whose right to the account was checked already, such as a person who is signed
    /// in: no key is needed, and `Authorization` is not looked at.
    ///
    /// The observer is told of what changes something; reads belong to a request of the caller's.
    ///
    /// - Parameter completion: as for ``answer(_:completion:)``. For GET it runs here, before this returns.
    package func answer(
        _ request: APIRequest,
        as account: Account,
        completion: @escaping @Sendable (APIAnswer) -> Void
    ) {
        let observer: any APIObserver = request.method == "GET" ? SilentObserver() : self.observer
        self.answer(Exchange(request: request, observer: observer, completion: completion), as: account)
    }

    /// - Parameter owner: whose right was checked; nil: the request's key tells.
    private func answer(_ exchange: Exchange, as owner: Account?) {
        let request = exchange.request
        guard let route = APIRoute(path: request.path) else {
            return exchange.finish(
                .notFound("There is nothing under this path; /v1/openapi.json tells what is."),
                route: nil
            )
        }
        guard route.methods.contains(request.method) else {
            let allow = route.methods.joined(separator: ", ")
            let answer = APIAnswer.error(
                405,
                code: "method_not_allowed",
                message: "This path takes \(allow).",
                headers: [("Allow", allow)]
            )
            return exchange.finish(answer, route: route)
        }
        self.answering(exchange, route) {
            guard route.needsKey else { return exchange.finish(self.open(route), route: route) }
            if owner == nil, !request.isRead, let refusal = request.browser.refusal {
                return exchange.finish(.error(403, code: "cross_site", message: refusal), route: route)
            }
            guard let account = try owner ?? self.account(of: request) else {
                return exchange.finish(.unauthorized(isBrowser: request.browser.isOne), route: route)
            }
            // Who answers for somebody has a thread for it, and its budget.
            guard owner == nil, let threads = self.threads, let line = threads.line(for: route, request) else {
                return try self.answer(route, account: account, exchange: exchange)
            }
            self.hand(exchange, route, to: line, account: account)
        }
    }

    /// Has a request answered when its account's turn comes.
    private func hand(_ exchange: Exchange, _ route: APIRoute, to line: RequestThreads, account: Account) {
        let request = exchange.request
        let isTaken = line.submit(
            .account(account.id),
            isWanted: request.isWanted,
            dropped: {
                let answer: APIAnswer = request.isWanted() ? .error(Self.stopping) : .error(BudgetProblem.clientGone)
                exchange.finish(answer, route: route)
            },
            work: {
                self.answering(exchange, route) {
                    guard route != .batch else { return self.takeBatch(account: account, exchange: exchange) }
                    try RequestBudget(self.engine.requestTime, isWanted: request.isWanted).run {
                        try self.answer(route, account: account, exchange: exchange)
                    }
                }
            }
        )
        if !isTaken { exchange.finish(.busy, route: route) }
    }

    /// Puts what goes wrong into an answer.
    private func answering(_ exchange: Exchange, _ route: APIRoute, _ body: () throws -> Void) {
        do {
            try body()
        } catch let problem as BudgetProblem {
            exchange.finish(.error(problem), route: route)
        } catch let problem as ParameterProblem {
            exchange.finish(.badParameter(problem.message), route: route)
        } catch {
            self.engine.logger.error(
                "a request failed",
                metadata: ["trace.id": "\(exchange.request.requestID)", "error.message": "\(error)"]
            )
            let answer = APIAnswer.error(
                503,
                code: "unavailable",
                message: "The store cannot be read now.",
                headers: [("Retry-After", "\(EngineLimits.retryAfterSeconds)")]
            )
            exchange.finish(answer, route: route)
        }
    }

    private func account(of request: APIRequest) throws -> Account? {
        try BasicCredentials.user(request.authorization).flatMap { try self.engine.keys.account(of: $0) }
    }

    /// What everybody may ask.
    private func open(_ route: APIRoute) -> APIAnswer {
        switch route {
        case .contract: .json(HydraContract.openAPI)
        case .ready:
            if self.engine.refusal() != nil {
                .error(
                    CallProblem(.unavailable, "Calls cannot be kept now; the log of hydra says why.")
                )
            } else {
                .json(Array(#"{"status":"ready"}"#.utf8))
            }
        default: .json(Array(#"{"status":"live"}"#.utf8))
        }
    }

    private func answer(_ route: APIRoute, account: Account, exchange: Exchange) throws {
        let request = exchange.request
        switch route {
        case .scanners, .settings:
            guard !request.bodyExceedsLimit, request.body.count <= CallLimits.callBytes else {
                let problem = CallProblem(.bodyTooLarge, "A body may have \(CallLimits.callBytes) bytes.")
                return exchange.finish(.error(problem), route: route)
            }
        default: break
        }
        switch route {
        case .call(let kind): self.take(kind, account: account, exchange: exchange)
        case .batch: self.takeBatch(account: account, exchange: exchange)
        case .person(let id) where request.method == "DELETE": self.erase(id, account: account, exchange: exchange)
        case .settings(.separate): self.separate(account: account, exchange: exchange)
        case .scanners(let scanners):
            exchange.finish(try self.answer(scanners, account: account, request: request), route: route)
        case .settings(let settings):
            exchange.finish(try self.answer(settings, account: account, request: request), route: route)
        default: exchange.finish(try self.read(route, query: request.query, account: account), route: route)
        }
    }
}
