/// Where calls go: a Hydra and an account on it.
///
/// A value; any thread.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// The base URL with scheme and host and without a trailing slash, such as `https://127.0.0.1:8444`. Paths such
    /// as ``CallKind/path`` are appended to it.
    package let url: String
    package let apiKey: APIKey

    /// - Parameter url: trailing slashes are dropped; what the configuration validated is not validated again.
    package init(url: String, apiKey: APIKey) {
        var url = Substring(url)
        while url.last == "/" { url.removeLast() }
        self.url = String(url)
        self.apiKey = apiKey
    }

    /// The URL alone.
    package var description: String { self.url }
}
