/// How far the sending is.
///
/// A value; any thread.
package struct SampleProgress: Sendable {
    package var tracks = 0
    package var identifies = 0
    /// Days of the history that all senders are through with.
    package var days = 0

    package var events: Int { self.tracks + self.identifies }
}
