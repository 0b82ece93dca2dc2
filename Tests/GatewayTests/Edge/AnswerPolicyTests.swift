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
        #expect(AnswerPolicy(route: .webhook(source: "s"), query: "").verdict(batch).status == 200)
    }
}
