import Segment
import Testing

/// Cases 28 to 33: times.
struct TimeEdgeCasesTests {
    private func time(_ members: String) throws -> String {
        try readEvent(#"{"userId":"u","event":"E",\#(members)}"#).timestamp.iso8601
    }

    @Test(
        "Case 28: without a readable sentAt the given time stands",
        arguments: ["", #","sentAt":null"#, #","sentAt":"soon""#, #","sentAt":{}"#, #","sentAt":true"#]
    )
    func case28(sentAt: String) throws {
        #expect(try time(#""timestamp":"2020-05-06T07:08:09Z""# + sentAt) == "2020-05-06T07:08:09.000Z")
    }

    @Test(
        "Case 29: a time may be seconds or milliseconds since 1970, as a number or as text",
        arguments: [
            "1577934245", "1577934245000", "\"1577934245\"", "\"1577934245000\"", "1577934245.0", "1.577934245e9",
        ]
    )
    func case29(value: String) throws {
        #expect(try time(#""timestamp":\#(value)"#) == "2020-01-02T03:04:05.000Z")
        let event = try readEvent(#"{"userId":"u","event":"E","timestamp":\#(value)}"#)
        #expect(try event.partnerMember("originalTimestamp") == value)
    }

    @Test(
        "Case 30: zone-less, date only and without leading zeros are read leniently, in UTC",
        arguments: [
            ("2015-2-02T00:30:12.984Z", "2015-02-02T00:30:12.984Z"), ("2015-02-02", "2015-02-02T00:00:00.000Z"),
            ("2015-2-2", "2015-02-02T00:00:00.000Z"), ("2015-02-02T10:11:12", "2015-02-02T10:11:12.000Z"),
            ("2015-02-02 10:11:12.5", "2015-02-02T10:11:12.500Z"),
        ]
    )
    func case30(text: String, expected: String) throws {
        #expect(try time(#""timestamp":"\#(text)""#) == expected)
    }

    @Test("Case 30: a time that cannot be read is as good as none, and the original is kept")
    func case30Unreadable() throws {
        let event = try readEvent(#"{"userId":"u","event":"E","timestamp":"next \"Tuesday\""}"#)
        #expect(event.timestamp == now)
        #expect(event.originalTimestamp == nil)
        #expect(try event.partnerMember("originalTimestamp") == #""next \"Tuesday\"""#)
    }

    @Test(
        "Case 31: a zero time is as good as none, whoever's zero it is, and the original is kept",
        arguments: [
            #""1970-01-01T00:33:40+00:00""#, #""0001-01-01""#, #""0001-01-01T00:00:00+02:00""#, "0", "-1",
            #""0000-06-01T00:00:00Z""#, #""1899-12-30T00:00:00Z""#, #""1980-01-06T00:00:00Z""#,
        ]
    )
    func case31(text: String) throws {
        let event = try readEvent(#"{"userId":"u","event":"E","timestamp":\#(text),"sentAt":"2026-01-02T03:04:10Z"}"#)
        #expect(event.timestamp == now)
        #expect(try event.partnerMember("originalTimestamp") == text)
    }

    @Test(
        "Case 32: fractions of any length, offsets, second 60 and hour 24",
        arguments: [
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"), ("2016-12-31T24:00:00Z", "2017-01-01T00:00:00.000Z"),
            ("2020-01-02T03:04:05.123456789+02:00", "2020-01-02T01:04:05.123Z"),
            ("2020-01-02T03:04:05.1234567-0130", "2020-01-02T04:34:05.123Z"),
            ("2020-01-02T03:04:05.Z", "2020-01-02T03:04:05.000Z"),
            ("2020-01-02T03:04:05+02", "2020-01-02T01:04:05.000Z"),
        ]
    )
    func case32(text: String, expected: String) throws {
        #expect(try time(#""timestamp":"\#(text)""#) == expected)
    }

    /// The log line about a wild clock is the gateway's; the skew that it names comes from here.
    @Test("Case 33: a clock that is years off is corrected by the formula")
    func case33() throws {
        let event = try readEvent(
            #"{"userId":"u","event":"E","timestamp":"1999-01-01T00:00:00.000Z","sentAt":"1999-01-01T00:00:10.000Z"}"#
        )
        #expect(event.timestamp.milliseconds == now.milliseconds - 10_000)
        #expect(event.clockSkew == now.milliseconds - 915_148_810_000)
        let future = try readEvent(
            #"{"userId":"u","event":"E","timestamp":"2150-01-01T00:00:00Z","sentAt":"2149-01-01T00:00:00Z"}"#
        )
        #expect(future.timestamp.milliseconds == now.milliseconds + 365 * 86_400_000)
        let beyond = try readEvent(
            #"{"userId":"u","event":"E","timestamp":"9999-12-31T00:00:00Z","sentAt":"0001-01-01T00:00:00Z"}"#
        )
        // A `sentAt` that is a zero says nothing about the clock.
        #expect(beyond.timestamp == beyond.originalTimestamp)
    }
}
