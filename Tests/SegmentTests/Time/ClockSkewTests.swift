import Testing

@testable import Segment

struct ClockSkewTests {
    private func time(_ milliseconds: Int64?) -> Timestamp? {
        milliseconds.map { Timestamp(milliseconds: $0) }
    }

    @Test(
        "timestamp = receivedAt − (sentAt − original)",
        arguments: [
            (nil, nil, 1_000, 1_000), (500, nil, 1_000, 500), (nil, 700, 1_000, 1_000), (500, 700, 9_000, 8_800),
            (700, 500, 9_000, 9_200), (500, 500, 9_000, 9_000), (0, 80_000_000, 1_000, -79_999_000),
            // A clock that is months wrong in both times.
            (-9_000_000_000, -8_999_000_000, 1_000, -999_000), (9_000_000_000, 9_000_500_000, 1_000, -499_000),
            // Two seconds are a wrong clock, less is the network's doing.
            (500, 700, 2_700, 2_500), (500, 700, 2_699, 500), (500, 700, 0, 500), (500, 2_699, 700, 500),
            (500, 2_700, 700, -1_500),
        ] as [(Int64?, Int64?, Int64, Int64)]
    )
    func formula(original: Int64?, sentAt: Int64?, receivedAt: Int64, expected: Int64) {
        let base: Int64 = 1_767_323_045_000
        let corrected = ClockSkew.corrected(
            original: time(original.map { base + $0 }),
            sentAt: time(sentAt.map { base + $0 }),
            receivedAt: Timestamp(milliseconds: base + receivedAt)
        )
        #expect(corrected.milliseconds == base + expected)
    }

    @Test(
        "What no clock can have meant is not computed with",
        arguments: [
            // Zero times are absent.
            (0, 1_767_323_045_000, 1_767_323_046_000, 1_767_323_046_000),
            (-62_135_596_800_000, 1_767_323_050_000, 1_767_323_046_000, 1_767_323_046_000),
            (978_307_200_000, nil, 1_767_323_046_000, 1_767_323_046_000),
            (.min, .max, 1_767_323_046_000, 1_767_323_046_000),
            // A `sentAt` that the event's own time belies is not applied.
            (1_767_323_045_000, 30_000, 1_767_323_046_000, 1_767_323_045_000),
            (1_767_323_045_000, -62_135_596_800_000, 1_767_323_046_000, 1_767_323_045_000),
            (1_767_323_045_000, 4_070_908_800_000, 1_767_323_046_000, 1_767_323_045_000),
            (1_767_323_045_000, 1_600_000_000_000, 1_767_323_046_000, 1_767_323_045_000),
            (1_767_323_045_000, .max, 1_767_323_046_000, 1_767_323_045_000),
            // Saturates.
            (.max, .max, 1_767_323_046_000, 1_767_323_046_000), (.max, .min, .max, .max),
        ] as [(Int64?, Int64?, Int64, Int64)]
    )
    func nonsense(original: Int64?, sentAt: Int64?, receivedAt: Int64, expected: Int64) {
        let corrected = ClockSkew.corrected(
            original: time(original),
            sentAt: time(sentAt),
            receivedAt: Timestamp(milliseconds: receivedAt)
        )
        #expect(corrected.milliseconds == expected)
    }

    @Test("Requests that take different ways through the network leave events in their order")
    func order() throws {
        var last: Timestamp?
        for (index, delay) in [300, 0, 190, 20, 1_500, 5].enumerated() {
            let happened = now.milliseconds + Int64(index)
            let event = try readEvent(
                #"{"userId":"u","event":"E","timestamp":\#(happened),"sentAt":\#(happened + 2)}"#,
                facts: RequestFacts(receivedAt: Timestamp(milliseconds: happened + 2 + Int64(delay)))
            )
            #expect(event.timestamp.milliseconds == happened)
            if let last { #expect(last < event.timestamp) }
            last = event.timestamp
        }
    }

    @Test("The event's own sentAt wins over the batch's")
    func sources() throws {
        let batch = try read(
            """
            {"sentAt":"2026-01-02T03:04:00.678Z","batch":[
            {"type":"track","userId":"u","event":"A","timestamp":"2026-01-02T03:03:00.678Z"},
            {"type":"track","userId":"u","event":"B","timestamp":"2026-01-02T03:03:00.678Z","sentAt":"2026-01-02T03:03:30.678Z"},
            {"type":"track","userId":"u","event":"C","timestamp":"2026-01-02T03:03:00.678Z","sentAt":"?"},
            {"type":"track","userId":"u","event":"D"}]}
            """
        )
        #expect(
            batch.events.map(\.timestamp.iso8601) == [
                "2026-01-02T03:03:05.678Z", "2026-01-02T03:03:35.678Z", "2026-01-02T03:03:05.678Z",
                "2026-01-02T03:04:05.678Z",
            ]
        )
        #expect(batch.events.allSatisfy { $0.receivedAt == now })
    }

    @Test("What Segment has corrected is not corrected again")
    func partner() throws {
        let body = """
            {"type":"track","userId":"u","event":"E","timestamp":"2026-01-01T00:00:05.000Z","originalTimestamp":
            "1999-01-01T00:00:00.000Z","sentAt":"1999-01-01T00:00:10.000Z","receivedAt":"2026-01-01T00:00:15.000Z"}
            """
        let event = try readEvent(body, route: .partner(source: "s"))
        #expect(event.timestamp.iso8601 == "2026-01-01T00:00:05.000Z")
        #expect(event.receivedAt.iso8601 == "2026-01-01T00:00:15.000Z")
        #expect(event.originalTimestamp?.iso8601 == "1999-01-01T00:00:00.000Z")
        // The same event from a stranger is taken for what a clock says.
        let direct = try readEvent(body, route: .event(.track))
        #expect(direct.receivedAt == now)
        #expect(try direct.partnerMember("originalTimestamp") == #""2026-01-01T00:00:05.000Z""#)
    }

    @Test("A partner's event without a corrected time is corrected by its own receivedAt")
    func partnerWithoutTimestamp() throws {
        let event = try readEvent(
            """
            {"type":"track","userId":"u","event":"E","originalTimestamp":"1999-01-01T00:00:00.000Z",
            "sentAt":"1999-01-01T00:00:10.000Z","receivedAt":"2026-01-01T00:00:15.000Z"}
            """,
            route: .webhook(source: "s")
        )
        #expect(event.timestamp.iso8601 == "2026-01-01T00:00:05.000Z")
    }
}
