/// The field names of the log lines: Elastic Common Schema 8.11 where it has a name, `labels.*` for what is ours.
///
/// There is no name for keys, traits, properties, e-mail addresses or client addresses: what has no name here does not
/// get into a log by accident.
package enum FieldName {
    /// The schema's version, written into every line.
    package static let schemaVersion: StaticString = "8.11.0"

    package static let timestamp: StaticString = "@timestamp"
    package static let level: StaticString = "log.level"
    package static let logger: StaticString = "log.logger"
    package static let message: StaticString = "message"
    package static let version: StaticString = "ecs.version"
    package static let eventDataset: StaticString = "event.dataset"
    /// What was done, in a fixed set of words: `request`, `deliver`, `reject`.
    package static let eventAction: StaticString = "event.action"
    /// `success`, `failure` or `unknown`.
    package static let eventOutcome: StaticString = "event.outcome"
    /// Nanoseconds.
    package static let eventDuration: StaticString = "event.duration"
    package static let eventReason: StaticString = "event.reason"
    package static let eventCode: StaticString = "event.code"
    /// The id that nginx, the gateway and Hydra share for one request.
    package static let traceID: StaticString = "trace.id"
    package static let requestMethod: StaticString = "http.request.method"
    /// Bytes of the request's body as it came.
    package static let requestBodyBytes: StaticString = "http.request.body.bytes"
    package static let responseStatus: StaticString = "http.response.status_code"
    package static let responseBodyBytes: StaticString = "http.response.body.bytes"
    /// The path alone: a query may carry keys.
    package static let urlPath: StaticString = "url.path"
    package static let urlDomain: StaticString = "url.domain"
    package static let errorType: StaticString = "error.type"
    package static let errorCode: StaticString = "error.code"
    package static let errorMessage: StaticString = "error.message"
    package static let processID: StaticString = "process.pid"
    package static let serviceName: StaticString = "service.name"
    package static let serviceVersion: StaticString = "service.version"
    package static let filePath: StaticString = "file.path"
    /// Only where a source's address policy allows it.
    package static let clientAddress: StaticString = "client.ip"

    /// Name of the source in the configuration.
    package static let source: StaticString = "labels.source"
    package static let messageID: StaticString = "labels.message_id"
    /// `identify`, `track` and the others.
    package static let callType: StaticString = "labels.call_type"
    /// 1 for the first.
    package static let attempt: StaticString = "labels.attempt"
    package static let destination: StaticString = "labels.destination"
    package static let responder: StaticString = "labels.responder"
    /// How many of what the message speaks of.
    package static let count: StaticString = "labels.count"
}
