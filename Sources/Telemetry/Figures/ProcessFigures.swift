import Glibc

/// What this process uses of the machine, from `/proc/self`. A value of one moment; reading takes some 50 µs.
package struct ProcessFigures: Sendable, Equatable {
    package let pid: Int32
    /// Bytes of memory that are in RAM.
    package let residentBytes: UInt64
    package let virtualBytes: UInt64
    package let cpuUserSeconds: Double
    package let cpuSystemSeconds: Double
    package let openDescriptors: Int
    /// The limit of open descriptors (RLIMIT_NOFILE).
    package let maximumDescriptors: UInt64
    package let threads: Int
    /// Seconds since 1970 UTC.
    package let startTime: Double

    /// Reads the figures; nil where `/proc` is not mounted.
    package static func read() -> Self? {
        guard let stat = ProcessStat(pid: getpid()) else { return nil }
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let page = UInt64(max(1, sysconf(Int32(_SC_PAGESIZE))))
        var limit = rlimit()
        let hasLimit = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return Self(
            pid: getpid(),
            residentBytes: stat.residentPages &* page,
            virtualBytes: stat.virtualBytes,
            cpuUserSeconds: Double(stat.userTicks) / ticks,
            cpuSystemSeconds: Double(stat.systemTicks) / ticks,
            openDescriptors: Self.countDescriptors(),
            maximumDescriptors: hasLimit ? UInt64(limit.rlim_cur) : 0,
            threads: Int(clamping: stat.threads),
            startTime: Self.bootTime() + Double(stat.startTicks) / ticks
        )
    }

    /// The figures under the names that Prometheus' client libraries share, so that existing dashboards fit.
    package var families: [MetricFamily] {
        [
            MetricFamily(
                "process_cpu_seconds_total",
                help: "CPU time in user and system mode, in seconds.",
                kind: .counter,
                value: self.cpuUserSeconds + self.cpuSystemSeconds
            ),
            MetricFamily(
                "process_cpu_user_seconds_total",
                help: "CPU time in user mode, in seconds.",
                kind: .counter,
                value: self.cpuUserSeconds
            ),
            MetricFamily(
                "process_cpu_system_seconds_total",
                help: "CPU time in the kernel, in seconds.",
                kind: .counter,
                value: self.cpuSystemSeconds
            ),
            MetricFamily(
                "process_resident_memory_bytes",
                help: "Memory in RAM, in bytes.",
                kind: .gauge,
                value: Double(self.residentBytes)
            ),
            MetricFamily(
                "process_virtual_memory_bytes",
                help: "Address space in use, in bytes.",
                kind: .gauge,
                value: Double(self.virtualBytes)
            ),
            MetricFamily(
                "process_open_fds",
                help: "Open file descriptors.",
                kind: .gauge,
                value: Double(self.openDescriptors)
            ),
            MetricFamily(
                "process_max_fds",
                help: "Limit of open file descriptors.",
                kind: .gauge,
                value: Double(self.maximumDescriptors)
            ),
            MetricFamily("process_threads", help: "Threads.", kind: .gauge, value: Double(self.threads)),
            MetricFamily(
                "process_start_time_seconds",
                help: "Start of the process, in seconds since 1970 UTC.",
                kind: .gauge,
                value: self.startTime
            ),
        ]
    }

    private static func countDescriptors() -> Int {
        // Linux says their number as the size of the directory since 6.2; listing 10,000 takes 13 ms.
        var status = stat()
        if unsafe stat("/proc/self/fd", &status) == 0, status.st_size > 0 { return Int(status.st_size) }
        guard let directory = unsafe opendir("/proc/self/fd") else { return 0 }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        // Without `.`, `..` and the descriptor of this listing.
        return max(0, count - 3)
    }

    /// Seconds since 1970 UTC at which the machine started (`btime` of `/proc/stat`).
    private static func bootTime() -> Double {
        guard let text = SmallFile.read("/proc/stat", limit: 4 << 20) else { return 0 }
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "btime ".utf8) {
            return Double(String(decoding: line.dropFirst(6), as: UTF8.self)) ?? 0
        }
        return 0
    }
}
