/// How often a password may be tried: a few times at once, then after delays that double.
///
/// Each address has a count of its own; all together have another, for those who have many addresses. An attempt counts
/// when it is made, not when it has failed, so that many at once count as many. A state machine without I/O.
struct AttemptLimiter {
    private struct Entry {
        var attempts = 0
        var lastAt: Int64 = 0
        var nextAt: Int64 = 0
    }

    /// Attempts before the first delay of a second, and the longest delay, for one address.
    static let free = 5
    static let longestDelay: Int64 = 900_000
    /// The same for all together: short, so that others cannot lock the administrator out.
    static let freeOverall = 50
    static let longestDelayOverall: Int64 = 10_000
    /// Without an attempt for so long, a count begins anew. In milliseconds, as all here.
    static let memory: Int64 = 3_600_000
    /// Addresses that are counted by themselves; the others share a count.
    static let maximumAddresses = 10_000
    /// Addresses that have signed in: these are not held up by others.
    static let maximumTrusted = 100

    private var addresses: [String: Entry] = [:]
    private var overall = Entry()
    private var trusted: [String] = []

    /// Counts an attempt.
    ///
    /// - Returns: nil if it may be made, else the time from which on another may.
    mutating func attempt(from address: String, now: Int64) -> Int64? {
        let key = self.key(address, now)
        var entry = Self.current(self.addresses[key], now)
        var overall = Self.current(self.overall, now)
        let isTrusted = self.trusted.contains(address)
        if entry.nextAt > now { return entry.nextAt }
        if !isTrusted, overall.nextAt > now { return overall.nextAt }
        Self.count(&entry, now, free: Self.free, longest: Self.longestDelay)
        self.addresses[key] = entry
        if !isTrusted {
            Self.count(&overall, now, free: Self.freeOverall, longest: Self.longestDelayOverall)
            self.overall = overall
        }
        return nil
    }

    /// The password was right.
    mutating func succeeded(from address: String) {
        self.addresses[address] = nil
        guard !self.trusted.contains(address) else { return }
        if self.trusted.count >= Self.maximumTrusted { self.trusted.removeFirst() }
        self.trusted.append(address)
    }

    private mutating func key(_ address: String, _ now: Int64) -> String {
        guard self.addresses[address] == nil, self.addresses.count >= Self.maximumAddresses else { return address }
        self.addresses = self.addresses.filter { now &- $0.value.lastAt < Self.memory }
        return self.addresses.count >= Self.maximumAddresses ? "" : address
    }

    private static func current(_ entry: Entry?, _ now: Int64) -> Entry {
        guard let entry, now &- entry.lastAt < self.memory else { return Entry() }
        return entry
    }

    private static func count(_ entry: inout Entry, _ now: Int64, free: Int, longest: Int64) {
        entry.attempts += 1
        entry.lastAt = now
        guard entry.attempts >= free else { return }
        // 2⁴⁰ milliseconds are more than any longest delay.
        let doubled = Int64(1000) << Int64(min(entry.attempts - free, 30))
        entry.nextAt = now &+ min(doubled, longest)
    }
}
