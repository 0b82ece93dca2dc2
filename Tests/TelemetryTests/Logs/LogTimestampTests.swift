import Foundation
import Testing

@testable import Telemetry

@Suite struct LogTimestampTests {
    private func text(_ nanoseconds: Int64) -> String {
        var bytes: [UInt8] = []
        LogTimestamp.append(nanoseconds: nanoseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"),
        (999_999, "1970-01-01T00:00:00.000Z"),
        (1_000_000, "1970-01-01T00:00:00.001Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
        (951_868_799_999_999_999, "2000-02-29T23:59:59.999Z"),
        (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
        (1_767_323_045_678_000_000, "2026-01-02T03:04:05.678Z"),
        (1_798_761_599_000_000_000, "2026-12-31T23:59:59.000Z"),
        (Int64.max, "2262-04-11T23:47:16.854Z"),
        (Int64.min, "1677-09-21T00:12:43.145Z"),
    ])
    func showsUTCWithMilliseconds(nanoseconds: Int64, expected: String) {
        #expect(self.text(nanoseconds) == expected)
    }

    @Test func agreesWithFoundationOnEveryDayOfSevenCenturies() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: Int64(-100_000), through: 150_000, by: 97) {
            let date = calendar.dateComponents(
                [.year, .month, .day],
                from: Date(timeIntervalSince1970: Double(day) * 86_400)
            )
            let (year, month, dayOfMonth) = LogTimestamp.civilDate(daysSince1970: day)
            #expect(Int(year) == date.year)
            #expect(Int(month) == date.month)
            #expect(Int(dayOfMonth) == date.day)
        }
    }
}
