import HydraEngine
import HydraScreens
import JSON
import Synchronization
import TestSupport

/// A directory with an account, its pages, and what time it is.
final class Site: Sendable {
    static let password = "correct horse battery"

    let directory: TemporaryDirectory
    let engine: Engine
    let api: HydraAPI
    let screens: Screens
    let log = PageLog()
    let key: String

    /// - Parameter directory: of an earlier site that was closed, to open it again.
    init(reopening directory: TemporaryDirectory? = nil, isWithoutPassword: Bool = false) throws {
        let time = TimeBox()
        self.directory = try directory ?? TemporaryDirectory()
        var options = EngineOptions()
        options.isWorkingInBackground = false
        options.clock = { time.now }
        self.engine = try Engine(directory: self.directory.path, options: options)
        self.api = HydraAPI(engine: self.engine, observer: self.log)
        self.key = try Self.makeKey(self.directory, account: "default")
        var screensOptions = ScreensOptions()
        screensOptions.passwordCost = Self.cost
        screensOptions.clock = { time.now }
        self.screens = try Screens(
            engine: self.engine,
            api: self.api,
            observer: self.log,
            options: screensOptions
        )
        self.clock = time
        if directory == nil, !isWithoutPassword {
            let administrator = AdministratorPassword(store: ScreenStore(engine: self.engine), cost: Self.cost)
            try administrator.set(Self.password, replacing: true)
        }
    }

    let clock: TimeBox

    /// Quick: these tests are not about how long a guess takes.
    static let cost = PasswordHash.Cost(rounds: 16, blockSize: 8, parallelism: 1)

    deinit {
        self.engine.close()
    }

    static func makeKey(_ directory: TemporaryDirectory, account: String) throws -> String {
        let keys = try KeyStore(directory: directory.path)
        defer { keys.close() }
        return try keys.create(account: account, name: "test").secret.value
    }

    /// Somebody who is signed in.
    func visitor() async throws -> Visitor {
        let visitor = Visitor(self)
        _ = await visitor.get("/sign-in")
        let page = await visitor.submit("/sign-in", ["password": Self.password])
        guard page.status == 303 else { throw TestError("signing in: \(page.status) \(page.text)") }
        return visitor
    }

    /// Sends calls to the API in one batch; each must be taken.
    func take(_ calls: [String]) async throws {
        for start in stride(from: 0, to: calls.count, by: 500) {
            let part = calls[start..<min(start + 500, calls.count)]
            let reply = await self.ask("POST", "/v1/batch", #"{"batch":[\#(part.joined(separator: ","))]}"#)
            let statuses = reply?["results"]?.elements.compactMap { $0["status"]?.int64 } ?? []
            guard statuses.count == part.count, statuses.allSatisfy({ $0 == 200 }) else {
                throw TestError("not all calls were taken: \(reply?.rawString ?? "")")
            }
        }
        try self.engine.settle()
    }

    /// Asks the API with the account's key.
    @discardableResult
    func ask(_ method: String, _ target: String, _ body: String = "") async -> JSONValue? {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let request = APIRequest(
            method: method,
            path: parts[0],
            query: parts.count > 1 ? parts[1] : "",
            authorization: "Basic " + base64("\(self.key):"),
            requestID: "test",
            body: Array(body.utf8)
        )
        let answer = await withCheckedContinuation { continuation in
            self.api.answer(request) { continuation.resume(returning: $0) }
        }
        return try? JSONParser().parse(answer.body).root
    }

    func id(_ target: String) async throws -> String {
        guard let id = await self.ask("GET", target)?["items"]?.elements.first?["id"]?.string else {
            throw TestError("there is none: \(target)")
        }
        return id
    }
}

/// A clock that tests move on.
final class TimeBox: Sendable {
    private let milliseconds = Mutex<Int64>(1_795_600_000_000)

    var now: Instant { Instant(milliseconds: self.milliseconds.withLock { $0 }) }

    func advance(seconds: Int64) {
        self.milliseconds.withLock { $0 += seconds * 1000 }
    }
}

/// Keeps what would be logged.
final class PageLog: APIObserver {
    private let lines = Mutex<[AnsweredRequest]>([])

    var requests: [AnsweredRequest] { self.lines.withLock { $0 } }

    func handled(_ call: HandledCall) {}

    func answered(_ request: AnsweredRequest) {
        self.lines.withLock { $0.append(request) }
    }
}

/// A browser, as far as pages need one: it keeps cookies, and sends forms with the token of the page it saw last.
final class Visitor {
    let site: Site
    var cookies: [String: String] = [:]
    var address = "203.0.113.7"
    var fetchSite: String? = "same-origin"
    var origin: String?
    private(set) var last: Page?

    init(_ site: Site) {
        self.site = site
    }

    @discardableResult
    func get(_ target: String, method: String = "GET") async -> Page {
        await self.send(method, target, [:])
    }

    /// Sends a form with the token of the last page.
    @discardableResult
    func submit(_ target: String, _ fields: KeyValuePairs<String, String>) async -> Page {
        var all = fields.map { ($0.key, $0.value) }
        if let token = self.last?.token { all.append(("form_token", token)) }
        return await self.post(target, all)
    }

    func post(_ target: String, _ fields: [(String, String)], contentType: String? = nil) async -> Page {
        let body = fields.map { "\(Self.encode($0.0))=\(Self.encode($0.1))" }.joined(separator: "&")
        return await self.send("POST", target, [:], body: Array(body.utf8), contentType: contentType)
    }

    func send(
        _ method: String,
        _ target: String,
        _ headers: [String: String],
        body: [UInt8] = [],
        contentType: String? = nil
    ) async -> Page {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let request = ScreenRequest(
            method: method,
            path: parts[0],
            query: parts.count > 1 ? parts[1] : "",
            headers: ScreenRequest.Headers(
                cookie: self.cookies.isEmpty
                    ? nil : self.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "),
                host: "hydra.example.com",
                origin: self.origin,
                fetchSite: method == "POST" ? self.fetchSite : nil,
                contentType: contentType ?? (method == "POST" ? "application/x-www-form-urlencoded" : nil)
            ),
            address: self.address,
            requestID: "test",
            body: body
        )
        let answer = await withCheckedContinuation { continuation in
            self.site.screens.answer(request) { continuation.resume(returning: $0) }
        }
        let page = Page(answer)
        for header in answer.headers where header.name == "Set-Cookie" {
            let pair = header.value.split(separator: ";")[0].split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            self.cookies[String(pair[0])] = pair[1].isEmpty ? nil : String(pair[1])
        }
        if page.token != nil { self.last = page }
        return page
    }

    static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            let hex = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(Unicode.Scalar(byte)) : "%" + (hex.count == 1 ? "0" : "") + hex
        }.joined()
    }
}
