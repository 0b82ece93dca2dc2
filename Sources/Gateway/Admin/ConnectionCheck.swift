import FastCGI
import Glibc
import Hydra
import Logging
import Relay
import Spool

/// What `hydra-gateway check --connect` tries: each Hydra with its key, the spool, the sockets. Changes nothing.
///
/// One task: the command's.
package struct ConnectionCheck {
    /// One thing that was tried.
    package struct Finding: Sendable, Equatable {
        package let isGood: Bool
        package let text: String
    }

    private let configuration: GatewayConfiguration

    package init(_ configuration: GatewayConfiguration) {
        self.configuration = configuration
    }

    package func run() async -> [Finding] {
        let spool = await BlockingWork.run { self.spool() }
        let sockets = await BlockingWork.run { self.configuration.listen.compactMap(self.socket) }
        return await self.hydras() + [spool] + sockets
    }

    // MARK: Hydra

    private func hydras() async -> [Finding] {
        let logger = Logger(label: "hydra-gateway.check", factory: { _ in SwiftLogNoOpLogHandler() })
        let client: HydraClient
        do {
            client = try self.configuration.makeClient(logger: logger)
        } catch {
            return [Finding(isGood: false, text: error.message)]
        }
        var findings: [Finding] = []
        var tried: Set<Endpoint> = []
        for source in self.configuration.sources {
            guard let endpoint = self.configuration.destinations[source.name]?.endpoint,
                tried.insert(endpoint).inserted
            else { continue }
            findings.append(await self.hydra(endpoint, of: source.name, client))
        }
        await client.shutdown()
        return findings
    }

    /// Asks with a call that has no user: a Hydra that takes the key refuses it, and keeps nothing.
    private func hydra(_ endpoint: Endpoint, of source: String, _ client: HydraClient) async -> Finding {
        let call = Call(
            kind: .identify,
            messageId: RandomIdentifier.uuid(),
            traceId: RandomIdentifier.traceId(),
            attempt: 1,
            body: Array("{}".utf8)
        )
        let place = "\(endpoint.url), key of source \(source)"
        switch await client.send(call, to: endpoint) {
        case .done, .refused(status: 400, _, _), .refused(status: 422, _, _):
            return Finding(isGood: true, text: "\(place): answers, and takes the key")
        case .unauthorized(let status, let message):
            return Finding(isGood: false, text: "\(place): refuses the key (\(status)): \(message)")
        case .refused(let status, _, let message):
            return Finding(isGood: false, text: "\(place): is no Hydra (\(status)): \(message)")
        case .retry(let status, let reason, let message, _):
            return Finding(isGood: false, text: "\(place): \(status.map(String.init) ?? reason): \(message)")
        }
    }

    // MARK: This machine

    private func spool() -> Finding {
        let place = "spool \(self.configuration.spool.place)"
        let directory = self.configuration.spool.directory
        if self.configuration.spool.jetStream == nil, !TextFile.isDirectory(directory) {
            let parent = directory[..<(directory.lastIndex(of: "/") ?? directory.startIndex)]
            let isThere = TextFile.isDirectory(parent.isEmpty ? "/" : String(parent))
            return Finding(
                isGood: isThere,
                text: isThere
                    ? "\(place): not there yet, it is made at the first start"
                    : "\(place): the directory \(parent) does not exist; make it, for the user that the gateway runs as"
            )
        }
        do {
            let status = try SpoolCommand(self.configuration).statistics()
            if let refusing = status.refusing {
                return Finding(isGood: false, text: "\(place): takes nothing: \(refusing.message)")
            }
            return Finding(isGood: true, text: "\(place): readable, \(status.depth) calls wait")
        } catch {
            return Finding(isGood: false, text: "\(place): \(error)")
        }
    }

    private func socket(_ setting: ListenSetting) -> Finding? {
        guard case .unix(let path) = setting else { return nil }
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            guard directory.isEmpty || TextFile.isDirectory(directory) else {
                return Finding(isGood: false, text: "\(setting): the directory \(directory) does not exist; make it")
            }
            return Finding(isGood: true, text: "\(setting): nobody listens yet")
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            return Finding(isGood: false, text: "\(setting): there is something else than a socket; remove it")
        }
        let mode = String(status.st_mode & 0o777, radix: 8)
        let owner = "user \(status.st_uid), group \(status.st_gid), mode 0\(mode)"
        return Finding(isGood: true, text: "\(setting): there (\(owner)); nginx's workers need to be in the group")
    }
}
