import JSON
import Segment
import Testing

struct TimestampTests {
    @Test(
        "Texts of times",
        arguments: [
            // What the SDKs write.
            ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z"),
            ("2026-01-02T03:04:05.678901+00:00", "2026-01-02T03:04:05.678Z"),
            ("2026-01-02T03:04:05+01:00", "2026-01-02T02:04:05.000Z"),
            ("2026-01-02T03:04:05.123456789-07:00", "2026-01-02T10:04:05.123Z"),
            ("2026-01-02T03:04:05.1234567", "2026-01-02T03:04:05.123Z"),
            ("2026-01-02T03:04:05.678000Z", "2026-01-02T03:04:05.678Z"),
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
            // Fractions.
            ("2026-01-02T03:04:05.9Z", "2026-01-02T03:04:05.900Z"),
            ("2026-01-02T03:04:05.99Z", "2026-01-02T03:04:05.990Z"),
            ("2026-01-02T03:04:05,5Z", "2026-01-02T03:04:05.500Z"),
            ("2026-01-02T03:04:05.9999Z", "2026-01-02T03:04:05.999Z"),
            ("2026-01-02T03:04:05.000000000000000000000000001Z", "2026-01-02T03:04:05.000Z"),
            // Zones.
            ("2026-01-02T03:04:05z", "2026-01-02T03:04:05.000Z"),
            ("2026-01-02T03:04:05 Z", "2026-01-02T03:04:05.000Z"),
            ("2026-01-02T03:04:05 UTC", "2026-01-02T03:04:05.000Z"),
            ("2026-01-02T03:04:05 gmt", "2026-01-02T03:04:05.000Z"),
            ("2026-01-02T03:04:05+0530", "2026-01-01T21:34:05.000Z"),
            ("2026-01-02T03:04:05-0330", "2026-01-02T06:34:05.000Z"),
            ("2026-01-02T03:04:05 +0200", "2026-01-02T01:04:05.000Z"),
            ("2026-01-02T03:04:05+14:00", "2026-01-01T13:04:05.000Z"),
            ("2026-01-02+01:00", "2026-01-01T23:00:00.000Z"),
            ("2026-01-02Z", "2026-01-02T00:00:00.000Z"),
            // Lenient forms.
            ("2026-01-02 03:04:05", "2026-01-02T03:04:05.000Z"),
            ("2026-01-02t3:04", "2026-01-02T03:04:00.000Z"),
            ("2026-01-02T03", "2026-01-02T03:00:00.000Z"),
            ("2026-1-2", "2026-01-02T00:00:00.000Z"),
            ("2026/01/02 3:4:5", "2026-01-02T03:04:05.000Z"),
            ("2026-01", "2026-01-01T00:00:00.000Z"),
            ("2026", "2026-01-01T00:00:00.000Z"),
            ("  2026-01-02  ", "2026-01-02T00:00:00.000Z"),
            ("20260102", "2026-01-02T00:00:00.000Z"),
            ("20260102T030405Z", "2026-01-02T03:04:05.000Z"),
            ("20260102T0304", "2026-01-02T03:04:00.000Z"),
            ("20260102T030405.5+0100", "2026-01-02T02:04:05.500Z"),
            // Calendar.
            ("2024-02-29", "2024-02-29T00:00:00.000Z"),
            ("2000-02-29", "2000-02-29T00:00:00.000Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            ("1900-03-01", "1900-03-01T00:00:00.000Z"),
            ("0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
            ("2026-12-31T24:00:00", "2027-01-01T00:00:00.000Z"),
            ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500Z"),
            // Since 1970.
            ("0", "1970-01-01T00:00:00.000Z"),
            ("-1", "1969-12-31T23:59:59.000Z"),
            ("-1.5", "1969-12-31T23:59:58.500Z"),
            ("1767323045", "2026-01-02T03:04:05.000Z"),
            ("1767323045678", "2026-01-02T03:04:05.678Z"),
            ("1767323045.678", "2026-01-02T03:04:05.678Z"),
            ("1767323045.6789", "2026-01-02T03:04:05.678Z"),
            ("1767323045678.9", "2026-01-02T03:04:05.678Z"),
            ("99999999999", "5138-11-16T09:46:39.000Z"),
            ("100000000000", "1973-03-03T09:46:40.000Z"),
            ("20269999", "1970-08-23T14:33:19.000Z"),
        ]
    )
    func texts(text: String, expected: String) throws {
        #expect(Timestamp.parse(Array(text.utf8))?.iso8601 == expected)
        #expect(Timestamp.parse(try json("\"\(text)\""))?.iso8601 == expected)
    }

    @Test(
        "Texts that are no times",
        arguments: [
            "", " ", "now", "yesterday", "T03:04:05Z", "2026-", "2026-13-01", "2026-00-01", "2026-01-32", "2026-02-29",
            "1900-02-29", "2026-01-00", "2026-01-02T", "2026-01-02T25:00", "2026-01-02T24:00:01", "2026-01-02T03:60",
            "2026-01-02T03:04:61", "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+01:60", "2026-01-02T03:04:05+1",
            "2026-01-02T03:04:05Zx", "2026-01-02T03:04:05ZZ", "2026-01-02x", "02.01.2026", "01/02/2026", "12026-01-01",
            "2026-01-02T03:04:05+", "2026-01-02T03:04:05é", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00",
            "0000-12-31T23:59:59Z",
            "253402300800000", "-62167219200001", "99999999999999999999", "1e400", "1e15", "--1", "1.2.3", "0x10",
            "NaN", "Infinity", "Fri, 02 Jan 2026 03:04:05 GMT",
        ]
    )
    func noTimes(text: String) throws {
        #expect(Timestamp.parse(Array(text.utf8)) == nil)
        #expect(Timestamp.parse(try json("\"\(text)\"")) == nil)
    }

    @Test(
        "Numbers",
        arguments: [
            ("0", "1970-01-01T00:00:00.000Z"), ("-0", "1970-01-01T00:00:00.000Z"), ("2020", "1970-01-01T00:33:40.000Z"),
            ("20260102", "1970-08-23T11:48:22.000Z"), ("1.767323045e9", "2026-01-02T03:04:05.000Z"),
            ("1767323045678e0", "2026-01-02T03:04:05.678Z"), ("17673230456780E-1", "2026-01-02T03:04:05.678Z"),
            ("1767323045.5e0", "2026-01-02T03:04:05.500Z"),
        ]
    )
    func numbers(text: String, expected: String) throws {
        // Eight and four digits are dates only as text.
        let timestamp = Timestamp.parse(try json(text))
        #expect(timestamp?.iso8601 == expected)
    }

    @Test(
        "Numbers and values that are no times",
        arguments: [
            "1e400", "-1e400", "1e308", "9223372036854775807", "-9223372036854775808", "18446744073709551616",
            "253402300800000", "null", "true", "{}", "[]", "[1767323045]",
        ]
    )
    func noTimeValues(text: String) throws {
        #expect(Timestamp.parse(try json(text)) == nil)
    }

    @Test("An escape inside a time is decoded")
    func escapes() throws {
        #expect(
            Timestamp.parse(try json(#""2026-01-02T03:04:05\u002b01:00""#))?.iso8601 == "2026-01-02T02:04:05.000Z"
        )
        #expect(Timestamp.parse(try json(#""2026\/01\/02""#))?.iso8601 == "2026-01-02T00:00:00.000Z")
        #expect(Timestamp.parse(try json(#""\\""#)) == nil)
    }

    @Test("Every day of four centuries prints and reads back")
    func calendar() throws {
        var expected = (year: 1_900, month: 1, day: 1)
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let first = try #require(Timestamp.parse(Array("1900-01-01".utf8)))
        for day in 0..<146_097 {
            let timestamp = Timestamp(milliseconds: first.milliseconds + Int64(day) * 86_400_000)
            let pad = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
            let text = "\(expected.year)-\(pad(expected.month))-\(pad(expected.day))T00:00:00.000Z"
            try #require(timestamp.iso8601 == text)
            try #require(Timestamp.parse(Array(text.utf8)) == timestamp)
            let isLeap = expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0)
            expected.day += 1
            if expected.day > lengths[expected.month - 1] + (isLeap && expected.month == 2 ? 1 : 0) {
                expected.day = 1
                expected.month += 1
            }
            if expected.month > 12 {
                expected.month = 1
                expected.year += 1
            }
        }
    }

    @Test("Instants outside the printable years are clamped, never a trap")
    func clamping() {
        #expect(Timestamp(milliseconds: .max).iso8601 == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).iso8601 == "0001-01-01T00:00:00.000Z")
        #expect(!Timestamp(milliseconds: .max).isPrintable)
        #expect(Timestamp.earliest.isPrintable && Timestamp.latest.isPrintable)
    }

    @Test("Writers get the time as a JSON string, byte arrays without quotes")
    func printing() {
        var writer = JSONWriter()
        now.append(to: &writer)
        #expect(writer.bytes == Array(#""2026-01-02T03:04:05.678Z""#.utf8))
        var bytes: [UInt8] = [UInt8(ascii: ">")]
        now.append(to: &bytes)
        #expect(bytes == Array(">2026-01-02T03:04:05.678Z".utf8))
    }
}
