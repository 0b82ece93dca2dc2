package import HydraEngine
package import Logging
import Synchronization

/// The web pages over an engine: every path but those of the API.
///
/// A page is made from the answers of the API, so it shows exactly what the API says. Any thread; pages are made on the
/// calling one, and passwords are hashed on one of their own.
package final class Screens: Sendable {
    let engine: Engine
    let api: HydraAPI
    let observer: any APIObserver
    let options: ScreensOptions
    let logger: Logger
    let templates: TemplateLibrary
    let assets = Assets()
    let store: ScreenStore
    let sessions: Sessions
    let password: AdministratorPassword
    let notices = Notices()
    let passwordWorker = PasswordWorker()
    let attempts = Mutex(AttemptLimiter())
    private let parsers: ParserPool

    /// - Throws: what is wrong with a template.
    package init(
        engine: Engine,
        api: HydraAPI,
        observer: any APIObserver,
        options: ScreensOptions = ScreensOptions(),
        logger: Logger = Logger(label: "hydra-screens") { _ in SwiftLogNoOpLogHandler() }
    ) throws {
        self.engine = engine
        self.api = api
        self.observer = observer
        self.options = options
        self.logger = logger
        self.templates = try TemplateLibrary()
        self.store = ScreenStore(engine: engine)
        self.sessions = Sessions(store: self.store, clock: options.clock)
        self.password = AdministratorPassword(store: self.store, cost: options.passwordCost)
        self.parsers = ParserPool(count: 8)
    }

    /// Whether a path is the pages', not the API's.
    package static func owns(path: String) -> Bool {
        path == "/-/session" || !(path == "/v1" || path.hasPrefix("/v1/") || path == "/-" || path.hasPrefix("/-/"))
    }

    /// Answers one request.
    ///
    /// - Parameter completion: runs exactly once, here or on another thread. Must not block.
    package func answer(_ request: ScreenRequest, completion: @escaping @Sendable (ScreenAnswer) -> Void) {
        let route = ScreenRoute(path: request.path)
        let observer = self.observer
        let finish: @Sendable (ScreenAnswer) -> Void = { answer in
            completion(answer.with("X-Request-Id", request.requestID))
            observer.answered(
                AnsweredRequest(
                    requestID: request.requestID,
                    method: request.method,
                    route: route?.name ?? (request.path.hasPrefix("/assets/") ? "asset" : nil),
                    path: request.path,
                    status: answer.status,
                    code: nil,
                    duration: request.duration
                )
            )
        }
        do {
            try self.answer(request, route: route, completion: finish)
        } catch EngineError.refused(let reason) {
            finish(self.message(503, "There is nothing to show yet", Words.sentence(reason) + "."))
        } catch {
            self.logger.error(
                "a page failed",
                metadata: ["trace.id": "\(request.requestID)", "error.message": "\(error)"]
            )
            finish(self.unavailable.with("Retry-After", "\(EngineLimits.retryAfterSeconds)"))
        }
    }

    private func answer(
        _ request: ScreenRequest,
        route: ScreenRoute?,
        completion: @escaping @Sendable (ScreenAnswer) -> Void
    ) throws {
        let isRead = request.method == "GET" || request.method == "HEAD"
        if isRead, let asset = self.assets.answer(path: request.path) { return completion(asset) }
        guard let route else {
            return completion(self.notFound(try self.visit(request, query: .none, form: .none)))
        }
        guard route.methods.contains(request.method) else {
            let allow = route.methods.joined(separator: ", ")
            let answer = self.message(405, "This cannot be done", "This address takes \(allow).")
            return completion(answer.with("Allow", allow))
        }
        guard request.query.utf8.count <= ScreenLimits.queryBytes, let query = FormFields(request.query) else {
            return completion(self.message(400, "This address cannot be read", "Its query is not what a page sends."))
        }
        var form = FormFields.none
        if !isRead {
            switch self.read(request) {
            case .success(let fields): form = fields
            case .failure(let refusal): return completion(refusal.answer)
            }
        }
        if route == .session { return completion(try self.checkSession(request)) }
        if route == .signIn { return try self.signIn(request, query: query, form: form, completion: completion) }
        guard let visit = try self.visit(request, query: query, form: form) else {
            return completion(self.toSignIn(request, canReturn: route.methods.contains("GET")))
        }
        if !isRead, !FormToken.isValid(form[FormToken.field], visit.token.secret) {
            return completion(
                self.message(
                    403,
                    "This form is out of date",
                    "It was made for another session. Go back, load the page again, and send it once more.",
                    visit
                )
            )
        }
        try self.answer(route, visit, completion: completion)
    }

    private struct Refusal: Error {
        let answer: ScreenAnswer
    }

    /// The form of a POST, unless it comes from elsewhere or is none.
    private func read(_ request: ScreenRequest) -> Result<FormFields, Refusal> {
        guard request.isFromOwnPage else {
            return .failure(
                Refusal(
                    answer: self.message(403, "This was not sent from here", "Another site has sent this form.")
                )
            )
        }
        guard !request.bodyExceedsLimit, request.body.count <= ScreenLimits.formBytes else {
            return .failure(
                Refusal(
                    answer: self.message(
                        413,
                        "This form is too large",
                        "A form may have \(ScreenLimits.formBytes >> 10) KiB."
                    )
                )
            )
        }
        let type = request.headers.contentType?.split(separator: ";").first.map { String($0).trimmingSpace() }
        guard request.body.isEmpty || type?.lowercased() == "application/x-www-form-urlencoded",
            let form = FormFields(body: request.body)
        else {
            return .failure(
                Refusal(answer: self.message(400, "This form cannot be read", "It is not what our pages send."))
            )
        }
        return .success(form)
    }

    /// - Returns: nil if nobody is signed in.
    private func visit(_ request: ScreenRequest, query: FormFields, form: FormFields) throws -> Visit? {
        guard let token = SessionToken(text: Cookies.read(Cookies.session, in: request.headers.cookie)),
            let session = try self.sessions.find(token)
        else { return nil }
        let accounts = try self.engine.accounts()
        guard let account = accounts.first(where: { $0.name == session.account }) ?? accounts.first else {
            // There is no record yet, and nobody whose records they could be.
            throw EngineError.refused(
                "there is no account yet; `hydra key create` makes one with an API key for the gateway"
            )
        }
        return Visit(
            request: request,
            query: query,
            form: form,
            token: token,
            accounts: accounts,
            api: AccountAPI(api: self.api, account: account, requestID: request.requestID, parsers: self.parsers),
            now: self.options.clock()
        )
    }

    private func answer(
        _ route: ScreenRoute,
        _ visit: Visit,
        completion: @escaping @Sendable (ScreenAnswer) -> Void
    ) throws {
        switch route {
        case .home: completion(.redirect("/persons"))
        case .signIn, .session: break
        case .signOut: completion(try self.signOut(visit))
        case .account: completion(try self.chooseAccount(visit))
        case .persons: completion(self.persons(visit))
        case .person(let id): completion(self.person(id, visit))
        case .erase(let id): self.erase(id, visit, completion: completion)
        case .insights: completion(self.insights(visit))
        case .companies: completion(self.companies(visit))
        case .company(let id): completion(self.company(id, visit))
        case .scanners: completion(self.scanners(visit))
        case .newScanner: completion(self.newScanner(visit))
        case .scanner(let id): completion(self.scanner(id, visit))
        case .scannerRun(let id): completion(self.runScanner(id, visit))
        case .scannerSwitch(let id): completion(self.switchScanner(id, visit))
        case .scannerDelete(let id): completion(self.deleteScanner(id, visit))
        case .scannerProgress(let id): completion(self.scannerProgress(id, visit))
        case .settings: completion(self.settings(visit))
        case .keys: completion(self.createKey(visit))
        case .keyRotate(let id): completion(self.rotateKey(id, visit))
        case .keyRevoke(let id): completion(self.revokeKey(id, visit))
        case .sourcing: completion(self.changeSourcing(visit))
        case .password: self.changePassword(visit, completion: completion)
        }
    }
}
