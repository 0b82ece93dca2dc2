@testable import Spool

/// What a test may say of a spool whose engine it does not know.
struct SpoolSettings {
    var maximumBytes: Int64 = 256 << 20
    var dedupeWindow: Duration = .seconds(48 * 3600)
    var rejectedMaximum = 10_000

    /// What only files have, for tests that must reach all of their code.
    var files: (inout SQLiteSpoolConfiguration) -> Void = { _ in }
}
