/// The version of a NATS server.
///
/// A plain value; safe on any thread.
struct ServerVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
    /// The first that stores several messages whole or not at all, and recognises repeats among them. Before 2.10 each server of a
    /// cluster decided by itself, besides, what is a duplicate.
    static let needed = ServerVersion(major: 2, minor: 12, patch: 1)

    let major: Int
    let minor: Int
    let patch: Int

    init(major: Int, minor: Int, patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// As servers write it, such as `2.9.10` or `v2.11.0-RC.1`: what follows the numbers does not count. nil when it is none.
    init?(_ text: String) {
        let numbers = text.drop { $0 == "v" }.prefix { $0 != "-" && $0 != "+" }
            .split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2],
            major >= 0, minor >= 0, patch >= 0
        else { return nil }
        self.init(major: major, minor: minor, patch: patch)
    }

    var description: String { "\(self.major).\(self.minor).\(self.patch)" }

    static func < (left: ServerVersion, right: ServerVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
}
