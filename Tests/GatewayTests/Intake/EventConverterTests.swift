import Hydra
import JSON
import Segment
import Spool
import Testing

@testable import Gateway

@Suite struct EventConverterTests {
    private func converted(_ body: String, route: Route = .batch, source: Source) throws -> EventConverter {
        let receivedAt = Timestamp(milliseconds: 1_700_000_000_000)
        let batch = try EventReader(limits: SegmentLimits()).read(
            Array(body.utf8),
            route: route,
            facts: RequestFacts(receivedAt: receivedAt),
            makeMessageId: { "made" }
        )
        var converter = EventConverter(
            source: source,
            traceId: "t",
            remoteAddress: "198.51.100.7",
            sequence: CallSequence()
        )
        converter.convert(batch, receivedAt: receivedAt)
        return converter
    }

    @Test func identifyAndTrackBecomeCallsInTheirOrder() throws {
        let converter = try converted(
            #"""
            {"batch":[{"type":"identify","userId":"u","messageId":"1","traits":{"email":"a@b.example"}},
            {"type":"track","userId":"u","messageId":"2","event":"E","properties":{"feature":"F","eventFlag":"POSITIVE"}}]}
            """#,
            source: try make(source: "web")
        )
        #expect(converter.calls.map(\.messageId) == ["1", "2"])
        #expect(converter.calls.map(\.kind) == [CallKind.identify.rawValue, CallKind.track.rawValue])
        #expect(Set(converter.calls.map(\.lane)).count == 1)
        let track = try JSONParser().parse(converter.calls[1].body).root
        #expect(track["source"]?.string == "web")
        #expect(track["feature"]?.string == "F")
        #expect(track["eventFlag"]?.string == "positive")
        #expect(track["writeKey"] == nil)
    }

    @Test func typesThatHydraDoesNotTakeAreCountedAndNotRelayed() throws {
        let converter = try converted(
            #"""
            {"batch":[{"type":"page","userId":"u","name":"P"},{"type":"screen","userId":"u","name":"S"},
            {"type":"group","userId":"u","groupId":"g"},{"type":"alias","userId":"u","previousId":"p"}]}
            """#,
            source: try make(source: "web")
        )
        #expect(converter.calls.isEmpty)
        #expect(converter.unsupported == 4)
    }

    @Test func whatIsSwitchedOffIsFiltered() throws {
        let converter = try converted(
            #"""
            {"batch":[{"type":"track","userId":"u","event":"A","integrations":{"Hydra":false}},
            {"type":"track","userId":"u","event":"B","integrations":{"All":false,"hydra":true}},
            {"type":"track","userId":"u","event":"Noise"}]}
            """#,
            source: try make(source: "web", eventFilter: EventNameFilter(deny: ["Noise"]))
        )
        #expect(converter.calls.count == 1)
        #expect(converter.filtered == 2)
    }

    @Test func aRejectedEventIsKeptWithItsReasonAndBytes() throws {
        let converter = try converted(
            #"{"batch":[{"type":"track","event":"nobody","messageId":"m"}]}"#,
            source: try make(source: "web")
        )
        let rejected = try #require(converter.rejected.first)
        #expect(rejected.code == "no_user_anon_id")
        #expect(rejected.messageId == "m")
        #expect(String(decoding: rejected.raw, as: UTF8.self).contains("nobody"))
    }

    @Test func callsAreNumberedInTheirOrderAndTheSendersOwnNumberIsDropped() throws {
        let event = #"{"type":"track","userId":"u","event":"E","sequence":99,"other":1}"#
        let converter = try converted(
            #"{"batch":[\#(Array(repeating: event, count: 50).joined(separator: ","))]}"#,
            source: try make(source: "web")
        )
        let numbers = try converter.calls.map { call in
            let members = try JSONParser().parse(call.body).root.members.filter { $0.key.string == "sequence" }
            #expect(members.count == 1)
            return try #require(members.first?.value.int64)
        }
        #expect(numbers.count == 50)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func numbersKeepTheirSpelling() throws {
        let converter = try converted(
            #"{"batch":[{"type":"track","userId":"u","event":"E","properties":{"big":1180591620717411303424,"one":1.00}}]}"#,
            source: try make(source: "web")
        )
        let body = String(decoding: try #require(converter.calls.first).body, as: UTF8.self)
        #expect(body.contains("1180591620717411303424") && body.contains("1.00"))
    }
}
