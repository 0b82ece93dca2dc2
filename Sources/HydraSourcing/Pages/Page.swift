/// A page as it was fetched.
///
/// A value; any thread.
package struct Page: Sendable, Equatable {
    /// After all redirects.
    package let host: String
    /// `Content-Type`.
    package let contentType: String
    /// The first part of a longer page.
    package let body: [UInt8]
    package let isCut: Bool
}
