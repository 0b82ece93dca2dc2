import HydraEngine
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-01-02T03:04:05.678Z", 1_767_323_045_678),
        ("2026-01-02t03:04:05.678z", 1_767_323_045_678),
        ("2026-01-02T03:04:05.6789999Z", 1_767_323_045_678),
        ("2026-01-02T03:04:05.6Z", 1_767_323_045_600),
        ("2026-01-02T03:04:05", 1_767_323_045_000),
        ("2026-01-02T05:04:05+02:00", 1_767_323_045_000),
        ("2026-01-01T21:34:05-0530", 1_767_323_045_000),
        ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("1969-12-31T23:59:59.999Z", -1),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
    ])
    func readsTimes(text: String, milliseconds: Int64) {
        #expect(Instant(parsing: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-01-02", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:60:00Z",
        "2026-01-02T03:04:61Z", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05Zx", "2026-01-02T03:04:05+25:00",
        "2026-1-2T03:04:05Z", "+2026-01-02T03:04:05Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00", "12026-01-02T03:04:05Z", "２０２６-01-02T03:04:05Z", "1767323045678",
    ])
    func refusesWhatIsNoTime(text: String) {
        #expect(Instant(parsing: text) == nil)
    }

    @Test(arguments: [-62_135_596_800_000, -1, 0, 951_782_400_000, 1_767_323_045_678, 253_402_300_799_999])
    func writesWhatItReads(milliseconds: Int64) {
        let text = Instant(milliseconds: milliseconds).iso8601
        #expect(text.utf8.count == 24)
        #expect(Instant(parsing: text)?.milliseconds == milliseconds)
    }

    @Test func writesMilliseconds() {
        #expect(Instant(milliseconds: 1_767_323_045_008).iso8601 == "2026-01-02T03:04:05.008Z")
        #expect(Instant(milliseconds: .max).iso8601 == "9999-12-31T23:59:59.999Z")
        #expect(Instant(milliseconds: .min).iso8601 == "0001-01-01T00:00:00.000Z")
    }
}
