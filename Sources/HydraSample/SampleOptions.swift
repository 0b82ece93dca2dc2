/// Which history to make.
///
/// A value; any thread.
package struct SampleOptions: Sendable {
    package static let personRange = 1...100_000
    package static let dayRange = 1...730

    /// See ``personRange``.
    package var persons: Int
    /// The last so many days; see ``dayRange``.
    package var days: Int
    /// The same seed and the same now make the same history, so that sending it twice changes nothing.
    package var seed: UInt64
    /// Milliseconds since 1970; nothing happens later.
    package var now: Int64

    package init(persons: Int, days: Int, seed: UInt64, now: Int64) {
        self.persons = persons
        self.days = days
        self.seed = seed
        self.now = now
    }

    /// Whole days since 1970.
    var lastDay: Int64 { self.now / 86_400_000 }
    var firstDay: Int64 { self.lastDay - Int64(self.days) + 1 }
}
