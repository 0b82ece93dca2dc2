import Foundation

/// Times as SDKs write them.
///
/// Stateless; any thread.
enum SampleTime {
    /// `2026-01-02T03:04:05.678Z`.
    static func text(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
