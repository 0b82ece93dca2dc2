import Hydra
import Logging
import TestSupport
import Testing

@testable import Hydra

struct VerdictTests {
    private static let refused = Set(400...499).subtracting([401, 403, 407, 408, 409, 421, 423, 425, 429, 460])

    /// What each status means, written down apart from the program.
    private static func expected(_ status: Int) -> Verdict {
        switch status {
        case 200..<300, 409: .done
        case 401, 403: .unauthorized
        case let status where Self.refused.contains(status): .refused
        default: .retry
        }
    }

    @Test(arguments: 100...599)
    func isByStatus(status: Int) {
        #expect(Verdict(status: status) == Self.expected(status))
    }

    @Test(arguments: [Int.min, -1, 0, 99, 600, 999, Int.max])
    func isRetryForWhatIsNoStatus(status: Int) {
        #expect(Verdict(status: status) == .retry)
    }

    @Test(arguments: [
        (200, Verdict.done), (202, .done), (409, .done), (400, .refused), (404, .refused), (413, .refused),
        (422, .refused), (401, .unauthorized), (403, .unauthorized), (408, .retry), (423, .retry), (425, .retry),
        (429, .retry), (500, .retry), (501, .retry), (502, .retry), (503, .retry), (504, .retry), (301, .retry),
        (302, .retry), (307, .retry), (308, .retry), (405, .refused), (406, .refused), (410, .refused), (415, .refused),
    ])
    func isAsTheContractSays(status: Int, verdict: Verdict) {
        #expect(Verdict(status: status) == verdict)
    }

    /// Every final status over the wire. 1xx are not final; 101 would change the protocol.
    @Test func isWhatTheClientTells() async throws {
        let hydra = try await HydraScript { request in
            .error(Int(request.header("X-Request-Id") ?? "") ?? 500, code: "a_code", message: "a message")
        }
        try await withClient { client in
            for status in 200...599 {
                let call = makeCall(traceId: "\(status)")
                let answer = await client.send(call, to: hydra.endpoint)
                let hasBody = status != 204 && status != 304
                switch Self.expected(status) {
                case .done:
                    #expect(answer == .done(status: status))
                case .refused:
                    #expect(answer == .refused(status: status, code: "a_code", message: "a message"))
                case .unauthorized:
                    #expect(answer == .unauthorized(status: status, message: "a message"))
                case .retry:
                    guard case .retry(status, "http_\(status)", let message, nil) = answer else {
                        Issue.record("\(status): \(answer)")
                        continue
                    }
                    #expect(!hasBody || message == "a message")
                }
            }
        }
        // 400 answers, errors among them, and one connection: no body was left unread.
        #expect(hydra.acceptedConnections == 1)
        try await hydra.stop()
    }
}
