import Glibc

/// One run of one process: its id alone is used again by the system, its id with its start time is not. A value.
package struct ProcessIdentity: Sendable, Hashable {
    package let pid: Int32
    /// Clock ticks from the machine's start to the process', field 22 of `/proc/<pid>/stat` (proc(5)).
    package let startTicks: UInt64

    /// This process.
    package static let current = Self(pid: getpid(), startTicks: Self.startTicks(of: getpid()) ?? 0)

    package init(pid: Int32, startTicks: UInt64) {
        self.pid = pid
        self.startTicks = startTicks
    }

    /// Whether that run still goes on. A zombie counts as over. Reads `/proc`.
    package var isAlive: Bool {
        guard let stat = ProcessStat(pid: self.pid) else { return false }
        return stat.startTicks == self.startTicks && stat.state != UInt8(ascii: "Z") && stat.state != UInt8(ascii: "X")
    }

    private static func startTicks(of pid: Int32) -> UInt64? {
        ProcessStat(pid: pid)?.startTicks
    }
}
