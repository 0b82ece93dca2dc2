import Segment
import Testing

@testable import Gateway

@Suite struct AnswerPolicyTests {
    @Test(
        arguments: [
            (Route.event(.track), 400, "application/json"),
            (.batch, 400, "application/json"),
            (.clientBatch, 400, "application/json"),
            (.pixel(.track), 200, "image/gif"),
            (.partner(source: "s"), 401, "application/json"),
            (.webhook(source: "s"), 401, "application/json"),
        ] as [(Route, Int, String)]
    )
    func anUnknownKeyIsToldAsTheAudienceUnderstandsIt(route: Route, status: Int, type: String) {
        let answer = AnswerPolicy(route: route, query: "").refusal(EdgeRejection(.writeKeyUnknown))
        #expect(answer.status == status)
        #expect(answer.headers.contains { $0.0 == "Content-Type" && $0.1.hasPrefix(type) })
    }

    @Test func aScriptIsAnsweredWithinItsCallback() {
        let answer = AnswerPolicy(route: .jsonp(.track), query: "data=x&callback=cb").refusal(EdgeRejection(.badQuery))
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("cb({\"success\":false"))
    }

    @Test(arguments: [Route.event(.track), .batch, .partner(source: "s"), .webhook(source: "s")])
    func backPressureCarriesAWaitInWholeSeconds(route: Route) {
        let answer = AnswerPolicy(route: route, query: "").busy(retryAfterSeconds: 900, code: "c", message: "m")
        #expect(answer.status == 429)
        #expect(answer.headers.contains { $0.0 == "Retry-After" && $0.1 == "300" })
    }

    @Test(arguments: [
        (#"{"type":"page","userId":"u"}"#, 501),
        (#"{"type":"delete","userId":"u","context":[],"integrations":[]}"#, 501),
        (#"{"type":"track","event":"nobody"}"#, 400),
        (#"{"type":"track","userId":"u","event":"E"}"#, 200),
        (#"[{"type":"page","userId":"u"},{"type":"track","userId":"u","event":"E"}]"#, 200),
    ])
    func theCustomerOfAPartnerDestinationIsToldAboutOneEvent(body: String, status: Int) throws {
        let route = Route.partner(source: "s")
        let batch = try EventReader(limits: SegmentLimits()).read(
            Array(body.utf8),
            route: route,
            facts: RequestFacts(receivedAt: Timestamp(milliseconds: 0)),
            makeMessageId: { "m" }
        )
        #expect(AnswerPolicy(route: route, query: "").verdict(batch).status == status)
        let webhook = AnswerPolicy(route: .webhook(source: "s"), query: "").verdict(batch)
        #expect(webhook.status == (batch.events.isEmpty ? 400 : 200))
    }

    @Test(
        "A batch of which nothing was taken is told so with the first reason",
        arguments: [
            (#"{"batch":[{"type":"track","userId":"x"}]}"#, 400, "event_not_defined"),
            (#"{"batch":[{"type":"track","userId":"x"},{"type":"track","event":"E"}]}"#, 400, "event_not_defined"),
            (#"{"batch":["text"]}"#, 400, "not_an_object"),
            (#"[{"userId":"x"}]"#, 400, "type_unknown"),
            (#"{"batch":[{"type":"track","userId":"x"},{"type":"track","userId":"x","event":"E"}]}"#, 200, nil),
            (#"{"batch":[{"type":"track","userId":"x"},{"type":"page","userId":"x"}]}"#, 200, nil),
            (#"{"batch":[]}"#, 200, nil),
        ] as [(String, Int, String?)]
    )
    func nothingTaken(body: String, status: Int, code: String?) throws {
        for route in [Route.batch, .clientBatch, .partner(source: "s"), .webhook(source: "s")] {
            if body.hasPrefix("{"), route.isFromSegment, status == 200 { continue }
            let batch = try EventReader(limits: SegmentLimits()).read(
                Array(body.utf8),
                route: route,
                facts: RequestFacts(receivedAt: Timestamp(milliseconds: 0)),
                makeMessageId: { "m" }
            )
            let answer = AnswerPolicy(route: route, query: "").verdict(batch)
            #expect(answer.status == status, "\(route)")
            let text = String(decoding: answer.body, as: UTF8.self)
            if let code, !route.isFromSegment { #expect(text.contains("\"code\":\"\(code)\"")) }
            if let reason = batch.reasonForNothing { #expect(text.contains(reason.message.prefix(20))) }
        }
    }

    @Test func aPixelAndAScriptAreAnsweredInTheirOwnForm() throws {
        var batch = EventBatch()
        batch.rejected = try EventReader(limits: SegmentLimits()).read(
            Array(#"[{"userId":"x"}]"#.utf8),
            route: .batch,
            facts: RequestFacts(receivedAt: Timestamp(milliseconds: 0)),
            makeMessageId: { "m" }
        ).rejected
        #expect(AnswerPolicy(route: .pixel(.track), query: "").verdict(batch).status == 200)
        let script = AnswerPolicy(route: .jsonp(.track), query: "callback=cb").verdict(batch)
        #expect(script.status == 200 && String(decoding: script.body, as: UTF8.self).contains("type_unknown"))
    }
}
