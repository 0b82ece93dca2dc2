/// Domains at which anybody gets an address. The lists, with their origin and licence, are in `Data`.
///
/// Read once, at the first question; any thread.
package enum MailDomains {
    /// - Parameter host: of ``DomainName/normalised(_:)``.
    package static func isFree(_ host: String) -> Bool {
        if Self.free.names.contains(host) { return true }
        guard let registrable = DomainName.registrable(host) else { return false }
        return Self.free.names.contains(registrable) || Self.free.matches(host) || Self.free.matches(registrable)
    }

    /// - Parameter host: of ``DomainName/normalised(_:)``.
    package static func isDisposable(_ host: String) -> Bool {
        if Self.disposable.names.contains(host) { return true }
        guard let registrable = DomainName.registrable(host) else { return false }
        return Self.disposable.names.contains(registrable)
    }

    private static let free = DomainTable(PackageResources.free_mail_domains_txt)
    private static let disposable = DomainTable(PackageResources.disposable_domains_txt)
}

/// The names of one data file.
private struct DomainTable: Sendable {
    private(set) var names: Set<String> = []
    /// Names with `*` or `?`, by the number of their labels.
    private var patterns: [Int: [[Substring]]] = [:]

    init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            let name = String(decoding: line, as: UTF8.self)
            if name.utf8.contains(UInt8(ascii: "*")) || name.utf8.contains(UInt8(ascii: "?")) {
                let labels = name.split(separator: ".")
                self.patterns[labels.count, default: []].append(labels)
            } else {
                self.names.insert(name)
            }
        }
    }

    func matches(_ host: String) -> Bool {
        let labels = host.split(separator: ".")
        guard let candidates = self.patterns[labels.count] else { return false }
        return candidates.contains { pattern in
            zip(pattern, labels).allSatisfy { Self.matches(Array($0.utf8)[...], Array($1.utf8)[...]) }
        }
    }

    /// Labels are at most 63 bytes, and a pattern has at most two stars.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ label: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return label.isEmpty }
        switch first {
        case UInt8(ascii: "*"):
            let rest = pattern.dropFirst()
            return (label.startIndex...label.endIndex).contains { self.matches(rest, label[$0...]) }
        case UInt8(ascii: "?"): return !label.isEmpty && self.matches(pattern.dropFirst(), label.dropFirst())
        default: return label.first == first && self.matches(pattern.dropFirst(), label.dropFirst())
        }
    }
}
