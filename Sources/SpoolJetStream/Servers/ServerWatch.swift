internal import Dispatch
internal import GroupCommit
internal import JSON
internal import Logging
internal import Spool
internal import Synchronization

/// Asks the servers at the start, and then again and again, whether they sync before they acknowledge: that is what a 200 means,
/// and a server may come back with another configuration.
///
/// Safe on any thread; asks on a thread of its own, which may wait for a server that is down.
final class ServerWatch: Sendable {
    private static let pause: Duration = .seconds(15)
    /// How long servers may take at the start: those of a cluster that is just beginning.
    private static let patience: Duration = .seconds(15)
    private static let seconds = 2

    /// Answers for all servers that keep streams, where this account may ask it.
    private static let service = "$SYS.REQ.SERVER.PING.JSZ"

    private struct State {
        var reports: [String: ServerReport] = [:]
        var durability: Durability?
        /// Servers that were told of for their version.
        var old: Set<String> = []
        var isClosed = false
    }

    private let client: JetStreamClient
    private let layout: StreamLayout
    private let monitors: [String]
    private let logger: Logger
    private let state = Mutex(State())
    private let end = DispatchSemaphore(value: 0)

    /// - Parameter monitors: addresses of monitoring ports; when there is none, the servers are asked over NATS.
    init(client: JetStreamClient, layout: StreamLayout, monitors: [String], logger: Logger) {
        self.client = client
        self.layout = layout
        self.monitors = monitors
        self.logger = logger
    }

    var durability: Durability { self.state.withLock { $0.durability } ?? .unknown }

    /// Asks for the first time. Blocks, until enough have answered if it is required that they sync.
    ///
    /// - Throws: `misconfigured` when they do not, or do not say so.
    func start(requiresSync: Bool) throws(SpoolError) {
        let until = ContinuousClock.now + Self.patience
        while true {
            self.look()
            let (durability, old) = self.state.withLock { state in
                (state.durability ?? .unknown, state.reports.values.first { ($0.version ?? .needed) < .needed })
            }
            if let old, let version = old.version { throw .tooOld(old.name, version) }
            if durability.isOnDisk || !requiresSync { break }
            if case .majorityMemory(let servers) = durability { throw .doNotSync(servers) }
            // Without monitoring ports the answer is the same a moment later: the account may not ask.
            guard !self.monitors.isEmpty, ContinuousClock.now < until else {
                throw .doNotSay(monitors: self.monitors)
            }
            _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(300))
        }
        do {
            try WorkerThread.start(name: "nats-servers") {
                while !self.isClosed {
                    if self.end.wait(timeout: .now() + .seconds(Int(Self.pause.components.seconds))) == .success {
                        return
                    }
                    self.look()
                }
            }
        } catch {
            throw SpoolError(refusal: error)
        }
    }

    func stop() {
        self.state.withLock { $0.isClosed = true }
        self.end.signal()
    }

    private var isClosed: Bool { self.state.withLock { $0.isClosed } }

    /// Asks all servers once. Blocks for some seconds at most.
    private func look() {
        let streams = self.streams()
        let keepers = Set(streams.joined())
        let reports =
            self.monitors.isEmpty
            ? self.ask(count: max(1, keepers.count))
            : self.monitors.compactMap { MonitorPort.report(of: $0, seconds: Self.seconds) }
        let (news, old) = self.state.withLock { state -> (Durability?, [ServerReport]) in
            for report in reports { state.reports[report.name] = report }
            if !keepers.isEmpty { state.reports = state.reports.filter { keepers.contains($0.key) } }
            let durability = ServerJudgement.durability(state.reports, streams: streams)
            let old = reports.filter { ($0.version ?? .needed) < .needed && state.old.insert($0.name).inserted }
            defer { state.durability = durability }
            return (state.durability == durability ? nil : durability, old)
        }
        for report in old {
            self.logger.error(
                "a NATS server is too old: run \(ServerVersion.needed) or later on all servers",
                metadata: ["server": "\(report.name)", "version": "\(report.version?.description ?? "")"]
            )
        }
        guard let news else { return }
        switch news {
        case .disk, .majorityDisks:
            self.logger.notice("a 200 means that a call is on disk", metadata: ["durability": "\(news)"])
        case .majorityMemory:
            self.logger.error(
                "a 200 does not mean that a call is on disk: set sync_interval: always on every NATS server",
                metadata: ["durability": "\(news)"]
            )
        case .unknown:
            self.logger.warning(
                "whether a 200 means that a call is on disk is not known: name the NATS servers' monitoring ports in spool.monitor",
                metadata: ["durability": "\(news)"]
            )
        }
    }

    /// The servers of each stream of calls.
    private func streams() -> [[String]] {
        let questions = (0..<self.layout.partitions).map { ("STREAM.INFO.\(self.layout.calls($0))", [UInt8]()) }
        return self.client.askAndWait(questions.map { (operation: $0.0, body: $0.1) }).compactMap { answer in
            (try? answer.get()).map { StreamState($0).servers }
        }
    }

    /// Asks over NATS. Answers come from each server; where this account may not ask there is none.
    private func ask(count: Int) -> [ServerReport] {
        let done = DispatchSemaphore(value: 0)
        let inbox = JetStreamClient.newInbox()
        let collected = Collected()
        guard
            let subscription = try? self.client.subscribe(
                inbox,
                { message in
                    let isOver = message.length == 0
                    let report = (try? JSONParser().parse(message.payload)).flatMap { ServerReport(system: $0) }
                    if collected.add(report) >= count || isOver { done.signal() }
                }
            )
        else { return [] }
        self.client.post(OutgoingMessage(Self.service), reply: inbox)
        _ = done.wait(timeout: .now() + .seconds(Self.seconds))
        _ = subscription
        return collected.reports
    }

    /// Reports as they come, on threads of libnats.
    private final class Collected: Sendable {
        private let state = Mutex<[ServerReport]>([])

        func add(_ report: ServerReport?) -> Int {
            self.state.withLock { reports in
                if let report { reports.append(report) }
                return reports.count
            }
        }

        var reports: [ServerReport] { self.state.withLock { $0 } }
    }
}

extension SpoolError {
    private static let remedy =
        "; or set spool.requireSync: false, and what was acknowledged may be lost with the power"

    static func doNotSync(_ servers: [String]) -> SpoolError {
        .misconfigured(
            "The NATS servers \(servers.joined(separator: ", ")) acknowledge calls before they are on their disks. Set"
                + " sync_interval: always in the jetstream block of every server\(Self.remedy)."
        )
    }

    static func doNotSay(monitors: [String]) -> SpoolError {
        guard monitors.isEmpty else {
            return .misconfigured(
                "Too few of the NATS servers say whether they sync before they acknowledge. See that each server of the"
                    + " streams has one of the monitoring ports \(monitors.joined(separator: ", ")) (spool.monitor), and"
                    + " that this machine reaches it\(Self.remedy)."
            )
        }
        return .misconfigured(
            "The NATS servers do not say whether they sync before they acknowledge. Name their monitoring ports in"
                + " spool.monitor, such as http://a:8222,b:8222,c:8222, or let this account import the service"
                + " $SYS.REQ.SERVER.PING.JSZ from the system account\(Self.remedy)."
        )
    }
}
