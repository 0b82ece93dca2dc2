import Hydra
import Logging

/// Hydra's HTTP interface: what the contract promises, over an ``Engine``.
///
/// Knows nothing of the protocol that carries it. Any thread; reads run on the calling one, calls are answered from the
/// committer's.
package final class HydraAPI: Sendable {
    let engine: Engine
    let observer: any APIObserver

    package init(engine: Engine, observer: any APIObserver) {
        self.engine = engine
        self.observer = observer
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
        do {
            guard route.needsKey else { return exchange.finish(self.open(route), route: route) }
            guard let account = try owner ?? self.account(of: request) else {
                return exchange.finish(.unauthorized, route: route)
            }
            try self.answer(route, account: account, exchange: exchange)
        } catch let problem as ParameterProblem {
            exchange.finish(.badParameter(problem.message), route: route)
        } catch {
            self.engine.logger.error(
                "a request failed",
                metadata: ["trace.id": "\(request.requestID)", "error.message": "\(error)"]
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
            guard !request.bodyExceedsLimit, request.body.count <= EngineLimits.callBytes else {
                let problem = CallProblem(.bodyTooLarge, "A body may have \(EngineLimits.callBytes) bytes.")
                return exchange.finish(.error(problem), route: route)
            }
        default: break
        }
        switch route {
        case .call(let kind): self.take(kind, account: account, exchange: exchange)
        case .batch: self.takeBatch(account: account, exchange: exchange)
        case .person(let id) where request.method == "DELETE": self.erase(id, account: account, exchange: exchange)
        case .scanners(let scanners):
            exchange.finish(try self.answer(scanners, account: account, request: request), route: route)
        case .settings(let settings):
            exchange.finish(try self.answer(settings, account: account, request: request), route: route)
        default: exchange.finish(try self.read(route, query: request.query, account: account), route: route)
        }
    }
}
