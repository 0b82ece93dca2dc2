import Relay
import Spool

extension StatusReport {
    /// How bad it is, in the numbers that Nagios, Icinga and monit take from an exit status.
    package enum Severity: Int32, Comparable, Sendable {
        case good = 0
        case warning = 1
        case critical = 2

        var word: String {
            switch self {
            case .good: "OK"
            case .warning: "WARNING"
            case .critical: "CRITICAL"
            }
        }

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// One line and how bad it is, for a monitor.
    /// - Parameters:
    ///   - patience: seconds that a call may wait before it is told.
    ///   - minimumFreeBytes: free disk below which responders refuse; this process has not asked for room itself.
    package func check(patience: Int, minimumFreeBytes: Int64) -> (severity: Severity, line: String) {
        var found: [(Severity, String)] = []
        if self.spool.refusing == nil, self.spool.partitions.isEmpty, self.spool.freeBytes < minimumFreeBytes {
            let free = Readable.bytes(self.spool.freeBytes)
            found.append(
                (
                    .critical,
                    "refuses events: \(free) free on the spool's disk, \(Readable.bytes(minimumFreeBytes)) needed"
                )
            )
        }
        if self.spool.refusing == nil, self.spool.bytes >= self.spool.maximumBytes, self.spool.maximumBytes > 0 {
            found.append((.critical, "refuses events: the spool is full (\(Readable.bytes(self.spool.bytes)))"))
        }
        if let refusing = self.spool.refusing { found.append((.critical, "refuses events: \(refusing.message)")) }
        if self.responders.isEmpty { found.append((.critical, "no responder runs")) }
        for destination in self.destinations {
            guard let state = DestinationState(rawValue: destination.state), state.isBlocked else { continue }
            found.append((.critical, "nothing goes to \(destination.url): \(destination.state)"))
        }
        if let age = self.oldestAgeSeconds, age > Int64(patience) {
            found.append((.warning, "the oldest call waits for \(Readable.duration(seconds: age))"))
        }
        if self.spool.dead > 0 { found.append((.warning, "\(self.spool.dead) dead letters (hydra-gateway dead list)")) }
        let severity = found.map(\.0).max() ?? .good
        let told = found.sorted { $0.0 > $1.0 }.map(\.1)
        let figures =
            "\(self.responders.count) responders, depth \(self.spool.depth), dead \(self.spool.dead)"
            + " | depth=\(self.spool.depth) dead=\(self.spool.dead) oldest=\(self.oldestAgeSeconds ?? 0)s"
        return (severity, "\(severity.word) - \((told + [figures]).joined(separator: "; "))")
    }
}
