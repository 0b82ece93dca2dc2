import Segment

/// Which of the newest events are shown, as the page's address says. A value.
struct LiveFilter: Sendable, Equatable {
    /// A longer text to look for is cut; ids are shorter.
    private static let longestText = 128

    var source: String?
    /// A stage's name, `received` for all of them not being one.
    var stage: String?
    var type: EventType?
    /// A part of a messageId or of a trace id.
    var text: String?

    init() {}

    /// Reads `source`, `stage`, `type` and `q`; what is empty or unknown filters nothing.
    init(_ query: QueryString?) {
        guard let query else { return }
        self.source = query["source"].flatMap { $0.isEmpty ? nil : $0 }
        self.stage = query["stage"].flatMap { name in Self.stages.contains(name) ? name : nil }
        self.type = query["type"].flatMap(EventType.init(rawValue:))
        self.text = query["q"].flatMap { text in
            let trimmed = text.unicodeScalars.drop { $0.properties.isWhitespace }.prefix(Self.longestText)
            return trimmed.isEmpty ? nil : String(String.UnicodeScalarView(trimmed))
        }
    }

    /// All stages that an event can be shown in.
    static let stages = LiveStage.allCases.map(\.name) + [LiveEvent.leftQueue]

    func passes(_ event: LiveEvent) -> Bool {
        if let source, event.source != source { return false }
        if let stage, event.stage != stage { return false }
        if let type, event.type != type { return false }
        guard let text else { return true }
        return event.messageId.contains(text) || event.traceId.contains(text)
    }

    var isEmpty: Bool { self == LiveFilter() }
}
