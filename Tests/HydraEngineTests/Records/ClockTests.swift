import GRDB
import JSON
import TestSupport
import Testing

@testable import HydraEngine

/// Calls of senders whose clocks are wrong.
@Suite struct ClockTests {
    /// The receipt of all of them.
    private static let receivedAt = "2026-01-02T03:04:05.678Z"

    struct Case: Sendable, CustomTestStringConvertible {
        let timestamp: String
        /// Further members.
        var members = ""
        /// The time that counts; nil: the receipt's.
        var counts: String?
        var fault: String?
        var testDescription: String { "\(self.timestamp) \(self.members)" }
    }

    static let cases: [Case] = [
        // Right, or near enough.
        Case(timestamp: "2026-01-02T03:04:05.000Z", counts: "2026-01-02T03:04:05.000Z"),
        Case(timestamp: "2026-01-02T03:09:05.678Z", counts: "2026-01-02T03:09:05.678Z"),
        Case(timestamp: "2019-06-01T00:00:00.000Z", counts: "2019-06-01T00:00:00.000Z"),
        Case(timestamp: "1990-01-01T00:00:00.000Z", counts: "1990-01-01T00:00:00.000Z"),
        Case(timestamp: "2000-01-01T00:00:00.001Z", counts: "2000-01-01T00:00:00.001Z"),
        // Ahead.
        Case(timestamp: "2026-01-02T03:09:05.679Z", fault: "ahead"),
        Case(timestamp: "2026-01-03T03:04:05.678Z", fault: "ahead"),
        Case(timestamp: "2083-01-01T00:00:00.000Z", fault: "ahead"),
        Case(timestamp: "2099-01-01T00:00:00.000Z", fault: "ahead"),
        Case(timestamp: "9999-12-31T23:59:59.999Z", fault: "ahead"),
        // Zero times: Go and .NET, in every zone; Windows, the old Mac, Unix and PHP, DOS, GPS, clock chips, Apple.
        Case(timestamp: "0001-01-01T00:00:00.000Z", fault: "unset"),
        Case(timestamp: "0001-01-01T00:00:00-11:00", fault: "unset"),
        Case(timestamp: "0001-01-01T00:00:05.123Z", fault: "unset"),
        Case(timestamp: "1601-01-01T00:00:00.000Z", fault: "unset"),
        Case(timestamp: "1899-12-30T00:00:00.000Z", fault: "unset"),
        Case(timestamp: "1900-01-01T00:00:00.000Z", fault: "unset"),
        Case(timestamp: "1904-01-01T00:00:00.000Z", fault: "unset"),
        Case(timestamp: "1970-01-01T00:00:00.000Z", fault: "unset"),
        Case(timestamp: "1969-12-31T16:00:00.000-08:00", fault: "unset"),
        Case(timestamp: "1970-01-12T13:46:40.000Z", fault: "unset"),
        Case(timestamp: "1980-01-01T00:00:00.000Z", fault: "unset"),
        Case(timestamp: "1980-01-06T00:00:00.000Z", fault: "unset"),
        Case(timestamp: "2000-01-01T00:00:00.000Z", fault: "unset"),
        Case(timestamp: "2001-01-01T00:00:00.000Z", fault: "unset"),
        // What the gateway took for none: its own time is the receipt.
        Case(timestamp: Self.receivedAt, members: #","originalTimestamp":0"#, fault: "unset"),
        Case(timestamp: Self.receivedAt, members: #","originalTimestamp":"0000-00-00 00:00:00""#, fault: "unset"),
        Case(timestamp: Self.receivedAt, members: #","originalTimestamp":"0001-01-01T00:00:00""#, fault: "unset"),
        // A `sentAt` that the gateway did not correct by, and two that it did.
        Case(
            timestamp: "2026-01-02T03:04:04.000Z",
            members: #","originalTimestamp":"2026-01-02T03:04:04.000Z","sentAt":"1970-01-01T00:00:30.000Z""#,
            counts: "2026-01-02T03:04:04.000Z",
            fault: "sentAt"
        ),
        Case(
            timestamp: "2026-01-02T03:04:04.000Z",
            members: #","originalTimestamp":"2026-01-02T03:04:04.000Z","sentAt":"2099-01-01T00:00:00.000Z""#,
            counts: "2026-01-02T03:04:04.000Z",
            fault: "sentAt"
        ),
        Case(
            timestamp: "2026-01-02T03:04:04.000Z",
            members: #","originalTimestamp":"2021-05-05T00:00:00.000Z","sentAt":"2021-05-05T00:00:01.678Z""#,
            counts: "2026-01-02T03:04:04.000Z"
        ),
        Case(
            timestamp: "2026-01-02T03:04:04.000Z",
            members: #","originalTimestamp":"2026-01-02T03:03:04.000Z","sentAt":"2026-01-02T03:03:05.678Z""#,
            counts: "2026-01-02T03:04:04.000Z"
        ),
    ]

    private func identify(_ id: String, _ test: Case, _ plan: String) -> String {
        """
        {"messageId":"\(id)","userId":"u","source":"Web","timestamp":"\(test.timestamp)",
        "receivedAt":"\(Self.receivedAt)"\(test.members),"traits":{"plan":"\(plan)"}}
        """
    }

    @Test(arguments: Self.cases)
    func doNotDecideForYears(test: Case) async throws {
        let fixture = try Fixture()
        #expect(await fixture.send("POST", "/v1/identify", self.identify("a", test, "old")).status == 200)
        let person = try await fixture.get("/v1/persons?userId=u").item()
        #expect(person["lastSeenAt"]?.string == test.counts ?? Self.receivedAt)
        #expect(person["firstSeenAt"]?.string == test.counts ?? Self.receivedAt)
        // The next call, received a moment after the allowance at the latest, is the newer one.
        let later =
            test.counts.map { $0 > Self.receivedAt } == true ? "2026-01-02T03:09:06.000Z" : "2026-01-02T03:04:06.000Z"
        try await fixture.take(
            TestCall(
                messageId: "b",
                members: #""userId":"u","timestamp":"\#(later)","receivedAt":"\#(later)","traits":{"plan":"new"}"#
            )
        )
        #expect(try await fixture.get("/v1/persons?userId=u").item()["traits"]?["plan"]?.string == "new")
        let faults = try await fixture.get("/v1/settings/sources").item()["clockFaults"]
        for name in ["ahead", "unset", "sentAt"] {
            #expect(faults?[key: name]?.int64 == (name == test.fault ? 1 : 0), "\(name)")
        }
    }

    @Test func whatTheSendersClockSaidIsKeptAndShown() async throws {
        let fixture = try Fixture()
        let body = #"{"messageId":"m","userId":"u","event":"e","timestamp":"2099-01-01T00:00:00.000Z"}"#
        #expect(await fixture.send("POST", "/v1/track", body).status == 200)
        try await fixture.take(.track("right", user: "u", at: 3))
        let id = try await fixture.get("/v1/persons").item()["id"]?.string ?? ""
        let events = await fixture.get("/v1/persons/\(id)/events").items
        #expect(events.first?["originalTimestamp"]?.string == "2099-01-01T00:00:00.000Z")
        #expect(events.first?["timestamp"]?.string == events.first?["receivedAt"]?.string)
        #expect(events.last?["originalTimestamp"] == nil)
    }

    @Test func aReceiptInTheFutureIsTheArrival() async throws {
        let fixture = try Fixture()
        for (id, time) in [("a", "2099-01-01T00:00:00.000Z"), ("b", "0001-01-01T00:00:00.000Z")] {
            let body =
                #"{"messageId":"\#(id)","userId":"\#(id)","event":"e","receivedAt":"\#(time)","timestamp":"\#(time)"}"#
            #expect(await fixture.send("POST", "/v1/track", body).status == 200)
            let seen = try await fixture.get("/v1/persons?userId=\(id)").item()["lastSeenAt"]?.string ?? ""
            #expect(seen > "2026-01-01" && seen < "2098")
        }
    }

    /// A database of the step before, in which wrong clocks had their way.
    @Test func frozenRecordsHealInTheNextLayout() throws {
        let database = try DatabaseQueue()
        try Schema.migrator.migrate(database, upTo: "4 stale marks")
        let (future, zero, receipt): (Int64, Int64, Int64) = (4_070_908_800_000, -62_135_596_800_000, 1_760_000_000_000)
        try database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO persons (id, account, key, createdAt, updatedAt, firstSeenAt, lastSeenAt)
                        VALUES (1, 1, x'00', 0, 0, \(zero), \(future));
                    INSERT INTO identities (id, key, account, person, kind, value) VALUES (1, x'00', 1, 1, 1, 'u');
                    INSERT INTO traits (identity, name, spelling, value, time, messageId)
                        VALUES (1, 'plan', 'plan', x'22', \(future), 'm'), (1, 'a', 'a', x'22', \(receipt), 'm');
                    INSERT INTO events (account, person, identity, kind, messageHash, messageId, timestamp, receivedAt,
                        feature, eventFlag, body)
                        VALUES (1, 1, 1, 2, 1, 'f', \(future), \(receipt), 'F', 1, x'7b7d'),
                            (1, 1, 1, 2, 2, 'z', \(zero), \(receipt), 'F', -1, x'7b7d'),
                            (1, 1, 1, 2, 3, 'r', \(receipt), \(receipt), 'F', 0, x'7b7d');
                    INSERT INTO features (id, account, name, rows) VALUES (1, 1, 'F', 3);
                    INSERT INTO usageSets (id, account, scanner, sinceEvent, isOpen) VALUES (1, 1, 1, 0, 1);
                    INSERT INTO usage VALUES (1, 1, \(UsageDay(Instant(milliseconds: future)).number), 1, 0, 0, 1),
                        (1, 1, \(UsageDay(Instant(milliseconds: zero)).number), 1, 1, 0, 0),
                        (1, 1, \(UsageDay(Instant(milliseconds: receipt)).number), 1, 0, 1, 0);
                    """
            )
        }
        let before = Instant.now().milliseconds
        try Schema.migrator.migrate(database)
        try database.read { db in
            let times = try Int64.fetchAll(db, sql: "SELECT time FROM traits ORDER BY name")
            #expect(times.first == receipt)
            #expect(times.last.map { $0 >= before && $0 <= Instant.now().milliseconds } == true)
            #expect(try Int64.fetchAll(db, sql: "SELECT DISTINCT timestamp FROM events") == [receipt])
            #expect(
                try Row.fetchOne(db, sql: "SELECT firstSeenAt, lastSeenAt FROM persons") == [
                    "firstSeenAt": receipt, "lastSeenAt": receipt,
                ]
            )
            #expect(
                try Row.fetchAll(db, sql: "SELECT day, negative, neutral, positive FROM usage") == [
                    [
                        "day": UsageDay(Instant(milliseconds: receipt)).number, "negative": 1, "neutral": 1,
                        "positive": 1,
                    ]
                ]
            )
            #expect(try Int64.fetchOne(db, sql: "SELECT rows FROM features") == 1)
        }
    }
}
