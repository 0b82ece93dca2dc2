internal import Dispatch
internal import JSON
internal import Logging
internal import Spool

/// Makes a spool's streams, or sees that those that are there are the planned ones. Blocks; used once, at the start.
struct StreamSetup {
    let client: JetStreamClient
    let configuration: JetStreamSpoolConfiguration
    let layout: StreamLayout
    let logger: Logger

    /// How long servers may take to agree on a leader for their management and for new streams.
    private static let patience: Duration = .seconds(15)

    func run() throws(SpoolError) {
        try self.checkConfiguration()
        try self.checkVersion()
        try self.checkJetStream()
        let until = ContinuousClock.now + Self.patience
        for plan in self.plans { try self.establish(plan, until: until) }
    }

    /// The least that a call stream may be bounded by: some of the longest calls.
    static let minimumBytes: Int64 = 1 << 20

    /// What each call stream may hold, in bytes.
    static func callBytes(_ configuration: JetStreamSpoolConfiguration) -> Int64 {
        max(Self.minimumBytes, configuration.maximumBytes / Int64(max(1, configuration.partitions)))
    }

    /// What the dead letters may take, in bytes on one server: a quarter of the calls' room, beside it.
    static func deadBytes(_ configuration: JetStreamSpoolConfiguration) -> Int64 {
        max(Self.minimumBytes, configuration.maximumBytes / 4)
    }

    private func checkConfiguration() throws(SpoolError) {
        let configuration = self.configuration
        let isName =
            !configuration.name.isEmpty
            && configuration.name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
                default: false
                }
            }
        guard isName else {
            throw .misconfigured("The name \"\(configuration.name)\" is not made of letters, digits, - and _ only.")
        }
        guard (1...256).contains(configuration.partitions) else {
            throw .misconfigured("\(configuration.partitions) partitions are asked for; 1 to 256 are possible.")
        }
        guard [1, 3, 5].contains(configuration.replicas) else {
            throw .misconfigured("\(configuration.replicas) replicas are asked for; 1, 3 or 5 are possible.")
        }
    }

    /// A server that does not say its version is judged by what it can.
    private func checkVersion() throws(SpoolError) {
        guard let url = self.client.url,
            let version = ServerGreeting.version(of: url, seconds: 2), version < ServerVersion.needed
        else { return }
        throw .tooOld(NATSConnection.withoutSecrets(url), version)
    }

    private func checkJetStream() throws(SpoolError) {
        let until = ContinuousClock.now + Self.patience
        while true {
            do throws(RequestError) {
                _ = try self.client.askAndWait("INFO")
                return
            } catch {
                if case .refused(let refusal) = error, refusal.code != 503 {
                    throw .misconfigured("The NATS servers refuse JetStream to this account: \(refusal).")
                }
                if let text = self.client.forbidden {
                    throw .misconfigured(
                        "The NATS servers do not let this user do what a spool needs: \(text). Let it publish to $JS.API.>"
                            + " and \(self.configuration.name).>, and subscribe to _INBOX.> and"
                            + " \(self.configuration.name).waiting."
                    )
                }
                guard ContinuousClock.now < until else {
                    if case .failed(.noResponders) = error {
                        throw .misconfigured(
                            "The NATS servers have no JetStream for this account: enable it (`jetstream {}`) there."
                        )
                    }
                    throw SpoolError(error, "JetStream does not answer")
                }
                Self.pause()
            }
        }
    }

    private static func pause() {
        _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(300))
    }

    var plans: [StreamPlan] {
        let configuration = self.configuration
        let about = "hydra-gateway spool, layout \(StreamLayout.version), \(configuration.partitions) partitions"
        let window = configuration.dedupeWindow.components
        let nanoseconds = max(100_000_000, window.seconds * 1_000_000_000 + window.attoseconds / 1_000_000_000)
        // First what names the number of partitions: a wrong one is told before any stream of it is made.
        var owners = StreamPlan(
            name: self.layout.owners,
            subject: self.layout.ownerSubjects,
            description: "\(about): owners",
            replicas: configuration.replicas
        )
        owners.maximumPerSubject = 1
        owners.refusesNew = false
        var dead = StreamPlan(
            name: self.layout.dead,
            subject: self.layout.deadSubjects(),
            description: "\(about): dead letters",
            replicas: configuration.replicas
        )
        dead.maximumPerSubject = 1
        // A letter that is written again takes the place of the first, also now that new ones are refused when it is full.
        dead.maximumBytes = Self.deadBytes(configuration)
        dead.wasUnbounded = true
        var rejected = StreamPlan(
            name: self.layout.rejected,
            subject: self.layout.rejectedSubjects,
            description: "\(about): rejected events",
            replicas: configuration.replicas
        )
        rejected.maximumMessages = Int64(max(1, configuration.rejectedMaximum))
        rejected.refusesNew = false
        rejected.takesBatches = true
        var plans = [owners, dead, rejected]
        for partition in 0..<configuration.partitions {
            var calls = StreamPlan(
                name: self.layout.calls(partition),
                subject: self.layout.callSubjects(partition),
                description: "\(about): calls of partition \(partition)",
                replicas: configuration.replicas
            )
            calls.maximumBytes = Self.callBytes(configuration)
            calls.duplicateWindow = nanoseconds
            calls.takesBatches = true
            plans.append(calls)
            plans.append(
                StreamPlan(
                    name: self.layout.journal(partition),
                    subject: self.layout.journalSubject(partition),
                    description: "\(about): journal of partition \(partition)",
                    replicas: configuration.replicas
                )
            )
        }
        return plans
    }

    private func establish(_ plan: StreamPlan, until: ContinuousClock.Instant) throws(SpoolError) {
        while true {
            switch self.foundOrMade(plan) {
            case .success(let document):
                let differences = document.root["config"].map(plan.differences(from:)) ?? ["it has no configuration"]
                guard differences.isEmpty else {
                    throw .misconfigured(
                        "The stream \(plan.name) is not set up as configured: \(differences.joined(separator: "; "))."
                            + " Change the configuration, or the stream (`nats stream edit`), or take another name."
                    )
                }
                return
            case .failure(let error):
                if case .refused(let refusal) = error, Self.isFinal(refusal) {
                    throw .misconfigured("The stream \(plan.name) cannot be made: \(refusal).")
                }
                guard ContinuousClock.now < until else {
                    throw SpoolError(error, "The stream \(plan.name) could not be made")
                }
                Self.pause()
            }
        }
    }

    private func foundOrMade(_ plan: StreamPlan) -> Result<JSONDocument, RequestError> {
        do throws(RequestError) {
            let found = try self.client.askAndWait("STREAM.INFO.\(plan.name)")
            guard let config = found.root["config"], plan.isOnlyEarlier(in: config) else { return .success(found) }
            return .success(try self.client.askAndWait("STREAM.UPDATE.\(plan.name)", plan.json))
        } catch {
            guard error.errCode == APIError.streamNotFound else { return .failure(error) }
        }
        do throws(RequestError) {
            // Two gateways that start together ask for the same: it is made once.
            return .success(try self.client.askAndWait("STREAM.CREATE.\(plan.name)", plan.json))
        } catch {
            return .failure(error)
        }
    }

    /// Whether asking again would not help: all but what a cluster says that is not complete yet (no leader, no peers).
    private static func isFinal(_ refusal: APIError) -> Bool {
        refusal.code != 503 && refusal.errCode != 10005 && refusal.errCode != 10008 && refusal.errCode != 10009
    }
}
