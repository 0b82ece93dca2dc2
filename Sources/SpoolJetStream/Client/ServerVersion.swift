/// The version of a NATS server, and what follows from it.
///
/// A plain value; safe on any thread.
struct ServerVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
    /// What a version means for a spool.
    enum Verdict: Sendable, Equatable {
        /// It lacks what the spool needs.
        case tooOld
        /// It works, but in a cluster each server decides by itself what is a duplicate.
        case decidesAlone
        case fine
    }

    /// The first that answers for single messages from any server that keeps a stream.
    static let needed = ServerVersion(major: 2, minor: 9, patch: 0)

    /// The first whose servers leave it to the leader to say what is a duplicate.
    static let wanted = ServerVersion(major: 2, minor: 10, patch: 0)

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

    /// - Parameter replicas: how many servers keep each message; one alone has no peers to differ from.
    func verdict(replicas: Int) -> Verdict {
        if self < Self.needed { return .tooOld }
        return self < Self.wanted && replicas > 1 ? .decidesAlone : .fine
    }
}
