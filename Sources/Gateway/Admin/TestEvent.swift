import Hydra
import JSON
import Logging

/// One event sent to a gateway as an SDK sends it, for `hydra-gateway send`.
///
/// The tracking API and Hydra's contract agree in form (`POST /v1/track`, Basic with the key as user), so the client
/// towards Hydra serves here too.
package struct TestEvent: Sendable {
    /// What a person reads, and whether the event is on disk.
    package struct Outcome: Sendable {
        package let isSuccess: Bool
        package let text: String
    }

    private let kind: CallKind
    private let writeKey: String
    private let messageId: String
    private let body: [UInt8]

    /// - Parameter fields: `name=value`; a value that is JSON is sent as JSON, any other as a string.
    package init(
        type: String,
        writeKey: String,
        userId: String?,
        anonymousId: String?,
        event: String?,
        messageId: String?,
        fields: [String]
    ) {
        self.kind = type == "track" ? .track : .identify
        self.writeKey = writeKey
        self.messageId = messageId ?? RandomIdentifier.uuid()
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("type", type)
        writer.member("messageId", self.messageId)
        if let userId { writer.member("userId", userId) }
        if let anonymousId { writer.member("anonymousId", anonymousId) }
        if let event { writer.member("event", event) }
        writer.key(type == "track" ? "properties" : "traits")
        writer.beginObject()
        let parser = JSONParser()
        for field in fields {
            guard let equals = field.firstIndex(of: "=") else { continue }
            writer.key(string: String(field[..<equals]))
            let value = String(field[field.index(after: equals)...])
            if let document = try? parser.parse(Array(value.utf8)) {
                writer.raw(document.root)
            } else {
                writer.value(value)
            }
        }
        writer.endObject()
        writer.endObject()
        self.body = writer.bytes
    }

    /// Sends it and waits for the answer.
    package func send(to url: String, caFile: String?) async -> Outcome {
        var configuration = HydraClientConfiguration(version: ProductVersion.text)
        configuration.caFile = caFile
        let logger = Logger(label: "hydra-gateway.send", factory: { _ in SwiftLogNoOpLogHandler() })
        let client: HydraClient
        do {
            client = try HydraClient(configuration: configuration, logger: logger)
        } catch {
            return Outcome(isSuccess: false, text: "\(error)")
        }
        let traceId = RandomIdentifier.traceId()
        let answer = await client.send(
            Call(kind: self.kind, messageId: self.messageId, traceId: traceId, attempt: 1, body: self.body),
            to: Endpoint(url: url, apiKey: APIKey(self.writeKey))
        )
        await client.shutdown()
        switch answer {
        case .done(let status):
            return Outcome(isSuccess: true, text: "\(status): on disk, message id \(self.messageId)")
        case .refused(let status, let code, let message):
            return Outcome(isSuccess: false, text: "\(status) \(code): \(message)")
        case .unauthorized(let status, let message):
            return Outcome(isSuccess: false, text: "\(status): \(message)")
        case .retry(let status, let reason, let message, let after):
            let wait = after.map { ", to be sent again after \($0)" } ?? ""
            return Outcome(
                isSuccess: false,
                text: "\(url): \(status.map { "\($0) " } ?? "")\(reason): \(message)\(wait)"
            )
        }
    }
}
