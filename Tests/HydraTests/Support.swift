import Hydra
import Logging
import TestSupport

let testKey = APIKey("hk_test_secret")

extension HydraScript {
    var endpoint: Endpoint { Endpoint(url: self.url, apiKey: testKey) }
}

func makeCall(
    _ kind: CallKind = .track,
    messageId: String = "m-1",
    traceId: String = "trace-1",
    attempt: Int = 1,
    body: String? = nil
) -> Call {
    let id = messageId.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    let body = body ?? #"{"type":"\#(kind.name)","messageId":"\#(id)","userId":"u","event":"e"}"#
    return Call(kind: kind, messageId: messageId, traceId: traceId, attempt: attempt, body: Array(body.utf8))
}

func configured(_ change: (inout HydraClientConfiguration) -> Void = { _ in }) -> HydraClientConfiguration {
    var configuration = HydraClientConfiguration(version: "1.2.3")
    // Long enough for a busy machine: who tests a limit sets it.
    configuration.connectTimeout = .seconds(60)
    configuration.readTimeout = .seconds(60)
    configuration.requestTimeout = .seconds(90)
    change(&configuration)
    return configuration
}

/// A client that is shut down whatever happens.
func withClient<Result>(
    _ configuration: HydraClientConfiguration = configured(),
    logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
    _ body: (HydraClient) async throws -> Result
) async throws -> Result {
    let client = try HydraClient(configuration: configuration, logger: logger)
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}

extension Answer {
    /// The reason, if it is to be tried again.
    var retryReason: String? {
        guard case .retry(_, let reason, _, _) = self else { return nil }
        return reason
    }

    var message: String? {
        switch self {
        case .done: nil
        case .refused(_, _, let message), .unauthorized(_, let message), .retry(_, _, let message, _): message
        }
    }
}
