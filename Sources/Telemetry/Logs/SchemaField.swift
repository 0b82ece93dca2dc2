/// How a metadata key of swift-log stands in a line: as the schema's field, or as a label.
///
/// A table of what may pass; pure, any thread.
enum SchemaField {
    /// The schema's type of a field that may pass.
    enum Kind {
        case keyword
        case number
    }

    /// The kind of a key that passes under its own name; nil when it becomes a label.
    ///
    /// The fields that every line already begins with (time, level, message, version, dataset) are not in the table:
    /// given as metadata they become labels, so that no line names a field twice.
    static func kind(of key: String) -> Kind? {
        switch key {
        case "event.duration", "http.request.body.bytes", "http.response.status_code", "http.response.body.bytes",
            "process.pid":
            .number
        case "event.action", "event.outcome", "event.reason", "event.code", "trace.id", "transaction.id", "span.id",
            "http.request.method", "http.request.id", "url.path", "url.domain", "error.type", "error.code",
            "error.message", "error.stack_trace", "service.name", "service.version", "file.path", "client.ip",
            "log.logger":
            .keyword
        default:
            nil
        }
    }

    /// The label under which any other key stands: `labels.` and the key with every character outside
    /// `[A-Za-z0-9_-]` as an underscore, because a dot would make an object of a label.
    static func label(_ key: String) -> String {
        let prefix = "labels."
        let name = key.hasPrefix(prefix) ? key.dropFirst(prefix.count) : key[...]
        var result = prefix
        for scalar in name.unicodeScalars.prefix(LogLimits.keyScalars) {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", "-":
                result.unicodeScalars.append(scalar)
            default:
                result.append("_")
            }
        }
        return result
    }
}
