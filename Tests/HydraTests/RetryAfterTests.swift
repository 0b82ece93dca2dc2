import Hydra
import Testing

struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT.
    private static let date: Int64 = 784_111_777

    @Test(arguments: [
        ("0", 0), ("1", 1), ("120", 120), ("00120", 120), (" 7", 7), ("7\t ", 7), ("86400", 86_400),
    ])
    func secondsAreObeyed(header: String, seconds: Int64) {
        #expect(RetryAfter.parse(header, now: Self.date) == .seconds(seconds))
    }

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "  Sun, 06 Nov 1994 08:49:37 GMT  ",
    ])
    func datesAreObeyedInAllThreeForms(header: String) {
        #expect(RetryAfter.parse(header, now: Self.date - 90) == .seconds(90))
        #expect(RetryAfter.parse(header, now: Self.date) == .zero)
    }

    @Test(
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
            ("Fri, 31 Dec 2027 23:59:60 GMT", 1_830_297_600),
            ("Monday, 01-Mar-27 00:00:00 GMT", 1_803_859_200),
            ("Sat Jan 10 08:49:37 2026", 1_768_034_977),
        ] as [(String, Int64)]
    )
    func datesAreReckonedInTheGregorianCalendar(header: String, seconds: Int64) {
        #expect(RetryAfter.parse(header, now: seconds - 5) == .seconds(5))
    }

    @Test func twoDigitYearIsNeverFarAhead() {
        // In 2026, 76 may still be 2076, but 77 is 1977.
        #expect(RetryAfter.parse("Wednesday, 01-Jan-76 00:00:10 GMT", now: 3_345_062_400) == .seconds(10))
        #expect(RetryAfter.parse("Saturday, 01-Jan-77 00:00:10 GMT", now: 1_767_225_600) == nil)
    }

    @Test(
        arguments: [
            nil, "", " ", "\t", "-1", "-0", "+5", "1.5", "1,5", "1e3", "0x10", "5s", "5 s", "five", "NaN", "inf",
            // More than a day, and more than any integer.
            "86401", "999999999", "9223372036854775808", "99999999999999999999999999",
            // No such day or time, a wrong zone, a wrong form.
            "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 1900 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 06 Nov 1994 08:49:37",
            "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 November 1994 08:49:37 GMT",
            "Sun 06 Nov 1994 08:49:37 GMT", "Foo, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
            "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov  6 08:49:37 94",
            "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT, 120", "120, 240", "\u{0}120", "１２０",
        ] as [String?]
    )
    func everythingElseIsIgnored(header: String?) {
        #expect(RetryAfter.parse(header, now: Self.date - 90) == nil)
    }

    @Test func datesThatArePastOrFarAreIgnored() {
        let header = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(RetryAfter.parse(header, now: Self.date + 1) == nil)
        #expect(RetryAfter.parse(header, now: Self.date - 86_400) == .seconds(86_400))
        #expect(RetryAfter.parse(header, now: Self.date - 86_401) == nil)
        #expect(RetryAfter.parse(header, now: .min) == nil)
        #expect(RetryAfter.parse(header, now: .max) == nil)
    }
}
