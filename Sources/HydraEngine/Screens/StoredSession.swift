/// A session of the pages as it is kept: nothing in it opens it.
///
/// A value; any thread.
package struct StoredSession: Sendable, Equatable {
    /// The name of the account whose records are shown; nil: the first one.
    package let account: String?
    package let createdAt: Instant
    package let usedAt: Instant
}
