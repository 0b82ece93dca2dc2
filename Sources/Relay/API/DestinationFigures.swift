/// What became of the calls to one destination, and what it lets through.
///
/// A value; any thread.
package struct DestinationFigures: Sendable, Equatable {
    /// The last answer of a destination.
    package struct LastAnswer: Sendable, Equatable {
        /// The HTTP status; nil when there was no answer.
        package var status: Int?
        /// `done`, `refused`, `unauthorized`, or the reason of a retry: a bounded set of words.
        package var outcome: String
        /// When, in milliseconds since 1970 UTC.
        package var at: Int64
    }

    package var destination: Destination
    /// The names of its sources that were met, ordered.
    package var sources: [String]
    package var state: DestinationState
    /// How long the state lasts at least, in milliseconds from now; nil when it does not end by time.
    package var blockedFor: Int64?
    /// How many requests it may have in flight at the moment.
    package var allowance: Int
    package var requestsInFlight: Int
    package var windowCalls: Int
    package var blockedLanes: Int
    /// Failed requests since the last one that did not fail.
    package var consecutiveFailures: Int
    package var delivered: Int
    package var retried: Int
    package var dead: Int
    package var lastAnswer: LastAnswer?
}
