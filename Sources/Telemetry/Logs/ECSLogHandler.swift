package import Logging

/// swift-log's back end: every event becomes one line like those of ``LogLine``, in the same sink.
///
/// Metadata whose key is a known field of the schema keeps its name (`trace.id`); everything else becomes
/// `labels.<key>`. The call's metadata wins over the provider's, the provider's over the handler's. An error becomes
/// `error.type` and `error.message`. A value, as swift-log wants it: copies share only the sink; any thread.
package struct ECSLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let sink: LogSink
    private let dataset: String
    private let label: String?

    /// - Parameters:
    ///   - dataset: `event.dataset` of every line, the program's name.
    ///   - label: `log.logger` of every line, the logger's label; nil leaves it out.
    package init(sink: LogSink, dataset: String, label: String? = nil, level: Logger.Level = .info) {
        self.sink = sink
        self.dataset = dataset
        self.label = label
        self.logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = LogFields()
        if let error = event.error {
            fields.set("error.type", .keyword(String(reflecting: type(of: error))))
            fields.set("error.message", .keyword(String(describing: error)))
        }
        // The highest first: a field that is set stays.
        if let metadata = event.metadata { fields.merge(metadata) }
        if let metadata = self.metadataProvider?.get() { fields.merge(metadata) }
        fields.merge(self.metadata)
        if let label { fields.set("log.logger", .keyword(label)) }

        var line = LogLine(level: event.level, message: event.message.description, dataset: self.dataset)
        fields.append(to: &line)
        self.sink.write(line.finish())
    }
}
