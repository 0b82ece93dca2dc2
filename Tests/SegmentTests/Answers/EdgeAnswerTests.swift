import JSON
import Segment
import Testing

struct EdgeAnswerTests {
    private func text(_ answer: EdgeAnswer) -> String {
        String(decoding: answer.body, as: UTF8.self)
    }

    @Test("Success is exactly 200 with a JSON object")
    func success() {
        #expect(EdgeAnswer.success.status == 200)
        #expect(text(.success) == #"{"success":true}"#)
        #expect(EdgeAnswer.success.header("Content-Type") == "application/json")
    }

    @Test("Every rejection has a code, a message and an error", arguments: EdgeRejection.Code.allCases)
    func rejections(code: EdgeRejection.Code) throws {
        let answer = EdgeAnswer.failure(EdgeRejection(code))
        let body = try json(text(answer))
        #expect(body["success"]?.bool == false)
        #expect(body["code"]?.string == code.rawValue)
        #expect(body["message"]?.string?.isEmpty == false)
        #expect(body["error"]?.string == body["message"]?.string)
        #expect([400, 401, 503].contains(answer.status))
    }

    @Test("SDKs get 400 for everything that is their own fault")
    func statuses() {
        for code in [
            EdgeRejection.Code.notJSON, .emptyBody, .bodyTooLarge, .batchMissing, .badGzip, .writeKeyMissing,
            .writeKeyUnknown,
            .sourceDisabled, .bodyNotObject, .badQuery,
        ] {
            #expect(EdgeRejection(code).status == 400)
        }
    }

    @Test("404 and 405 are JSON too")
    func notFound() throws {
        #expect(EdgeAnswer.notFound.status == 404)
        #expect(try json(text(.notFound))["code"]?.string == "not_found")
        let answer = EdgeAnswer.methodNotAllowed(allow: "POST, OPTIONS")
        #expect(answer.status == 405)
        #expect(answer.header("Allow") == "POST, OPTIONS")
        #expect(try json(text(answer))["error"]?.string?.contains("POST, OPTIONS") == true)
    }

    @Test("JSONP wraps the answer into a script, always 200")
    func jsonp() {
        let answer = JSONP.wrap(.success, callback: "_cb.r1")
        #expect(answer.status == 200)
        #expect(text(answer) == #"/**/_cb.r1({"success":true});"#)
        #expect(answer.header("Content-Type") == "application/javascript; charset=utf-8")
        #expect(answer.header("X-Content-Type-Options") == "nosniff")
        let failure = JSONP.wrap(.failure(EdgeRejection(.notJSON)), callback: "f")
        #expect(failure.status == 200)
        #expect(text(failure).hasPrefix(#"/**/f({"success":false,"code":"not_json""#))
        #expect(text(JSONP.wrap(.success, callback: nil)) == text(.success))
    }

    @Test("A callback name has at most 128 characters")
    func callbackLength() {
        let name = String(repeating: "a", count: 128)
        #expect(JSONP.callback(in: "callback=" + name) == name)
        #expect(JSONP.callback(in: "callback=a" + name) == nil)
    }

    @Test(
        "Partner statuses and bodies",
        arguments: [
            (PartnerAnswer.done, 200), (.malformed(message: "m"), 400), (.keyInvalid(message: "m"), 401),
            (.forbidden(message: "m"), 403), (.busy(retryAfterSeconds: 5, message: "m"), 429),
            (.internalError(message: "m"), 500), (.unsupported(message: "m"), 501),
            (.unavailable(retryAfterSeconds: 5, message: "m"), 503),
        ]
    )
    func partner(answer: PartnerAnswer, status: Int) {
        #expect(answer.status == status)
        #expect(answer.answer.status == status)
        #expect(text(answer.answer) == (answer == .done ? #"{"success":true}"# : #"{"message":"m"}"#))
        #expect(answer.answer.header("Content-Type") == "application/json")
        #expect(answer.answer.header("Retry-After") == (status == 429 || status == 503 ? "5" : nil))
    }

    @Test("A rejection has one partner status", arguments: EdgeRejection.Code.allCases)
    func partnerRejections(code: EdgeRejection.Code) {
        #expect([400, 401, 403, 503].contains(PartnerAnswer(EdgeRejection(code)).status))
    }
}
