/// The names of one data file: whole names, and patterns.
///
/// `*` stands for any letters, digits and hyphens inside one label, `?` for one of them; `.*` at the end for the suffix
/// of any country and for com, net and org. A value; any thread.
struct DomainTable: Sendable {
    private(set) var names: Set<String> = []
    /// What stands before `.*`: the label before the public suffix.
    private var brands: Set<String> = []
    /// Other names with `*` or `?`, by the number of their labels.
    private var patterns: [Int: [[Substring]]] = [:]
    /// Names behind `*.`: what stands below each has a holder of its own.
    private(set) var parents: Set<String> = []

    init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            let name = String(decoding: line, as: UTF8.self)
            if name.hasSuffix(".*") {
                self.brands.insert(String(name.dropLast(2)))
            } else if name.hasPrefix("*.") {
                self.parents.insert(String(name.dropFirst(2)))
            } else if name.utf8.contains(UInt8(ascii: "*")) || name.utf8.contains(UInt8(ascii: "?")) {
                let labels = name.split(separator: ".")
                self.patterns[labels.count, default: []].append(labels)
            } else {
                self.names.insert(name)
            }
        }
    }

    /// - Parameters:
    ///   - host: of ``DomainName/normalised(_:)``.
    ///   - registrable: of ``DomainName/registrable(_:)``.
    func contains(_ host: String, registrable: String) -> Bool {
        self.names.contains(registrable) || self.hasBrand(registrable) || self.matches(registrable)
            || (host != registrable
                && (self.names.contains(host) || self.matches(host) || self.parent(of: host) != nil))
    }

    /// The name behind `*.` that a host stands below.
    func parent(of host: String) -> Substring? {
        var rest = host[...]
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            if self.parents.contains(String(rest)) { return rest }
        }
        return nil
    }

    /// Suffixes of countries that stand for something else: a `live.io` is not the service.
    private static let generic: Set<Substring> = ["io", "ai", "gg", "sh", "so", "app", "dev", "vc"]

    private func hasBrand(_ registrable: String) -> Bool {
        guard let dot = registrable.firstIndex(of: "."), self.brands.contains(String(registrable[..<dot])),
            let top = registrable.split(separator: ".").last
        else { return false }
        return (top.utf8.count == 2 && !Self.generic.contains(top)) || ["com", "net", "org"].contains(top)
    }

    private func matches(_ host: String) -> Bool {
        guard !self.patterns.isEmpty else { return false }
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
