/// What failed at each of the names that were tried.
///
/// A value; any thread.
package struct HomePageFailure: Error, Sendable, CustomStringConvertible {
    package internal(set) var attempts: [(host: String, error: PageError)]

    /// Whether trying the same host in another way is of no use.
    func isFinal(_ host: String) -> Bool {
        self.attempts.contains { attempt in
            guard attempt.host == host else { return false }
            switch attempt.error {
            case .name, .privateName, .forbidden: return true
            case .redirect, .tooManyRedirects, .status, .contentType, .encoded, .connection, .timeout, .tooMuch:
                return false
            }
        }
    }

    package var description: String {
        var words: [String] = []
        for (host, error) in self.attempts {
            let text = "\(host): \(error)"
            if !words.contains(text) { words.append(text) }
        }
        return words.joined(separator: "; ")
    }
}
