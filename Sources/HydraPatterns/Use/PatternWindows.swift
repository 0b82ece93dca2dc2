/// Which days before `asOf`, the last whole day of data, the tests look at.
package enum PatternWindows {
    /// Power use, spread, and each side of rising and falling.
    package static let recentDays: Int32 = 28
    /// Struggling.
    package static let longDays: Int32 = 84
    /// Rising and falling: two times four.
    package static let weeks = 8
    /// Adopting after.
    package static let adoptionDays: Int32 = 14

    /// The window's first day.
    package static func start(_ days: Int32, asOf: Int32) -> Int32 { asOf &- days &+ 1 }
}
