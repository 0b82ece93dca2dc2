import Hydra
import JSON
import Segment

extension FuzzTarget {
    /// A request from its method to the bodies of the calls that it becomes.
    ///
    /// The input is five lines (method, target, authorization, signature, settings header) and, behind them, the body.
    static let segment = FuzzTarget("segment", maximumBytes: 16 << 10) { input in
        let request = SegmentRequest(input)
        let hasData = request.method == "GET" && QueryString(request.query)?["data"] != nil
        _ = JSONP.callback(in: request.query)
        guard
            case .route(let route) = Routing.resolve(method: request.method, path: request.path, hasData: hasData)
        else { return }
        // One reader serves many requests: nothing of one may show in the next.
        let used = EventReader(limits: Self.limits)
        _ = try? used.read(Self.warmUp, route: .batch, facts: Self.facts(SegmentRequest([])), makeMessageId: { "w" })
        let first = try Self.calls(of: request, route: route, reader: used)
        let second = try Self.calls(of: request, route: route, reader: EventReader(limits: Self.limits))
        try require(first == second, "a used reader reads what a new one reads")
    }

    private static let limits: SegmentLimits = {
        var limits = SegmentLimits()
        // Small enough to be reached.
        limits.eventBytes = 4 << 10
        limits.batchBytes = 32 << 10
        limits.batchEvents = 20
        limits.depth = 16
        limits.identifierBytes = 64
        return limits
    }()

    private static let warmUp = Array(#"{"writeKey":"w","sentAt":"2026-01-02","batch":[{"type":"track"}]}"#.utf8)

    /// What the source adds and how the envelope spreads stays within this, in bytes.
    private static let additions = 9 << 10

    private static func facts(_ request: SegmentRequest) -> RequestFacts {
        RequestFacts(
            authorization: request.authorization,
            remoteAddress: "192.0.2.7",
            receivedAt: Timestamp(milliseconds: 1_767_323_045_678),
            query: request.query,
            userAgent: "fuzz",
            signature: request.signature,
            webhookSecret: WebhookSecret("secret"),
            settingsHeader: request.settings
        )
    }

    /// The calls' bodies, checked; or the code of the refusal.
    private static func calls(of request: SegmentRequest, route: Route, reader: EventReader) throws -> [[UInt8]] {
        var generated = 0
        let batch: EventBatch
        do throws(EdgeRejection) {
            batch = try reader.read(request.body, route: route, facts: self.facts(request)) {
                generated += 1
                return "generated-\(generated)"
            }
        } catch {
            try require((400...599).contains(error.status), "a refusal has a status")
            return [Array(error.code.rawValue.utf8)]
        }
        try require(batch.events.count <= Self.limits.batchEvents, "no more events than the limit")
        try require(!route.isFromSegment || batch.writeKey == nil, "Segment's servers have no write key")
        var calls: [[UInt8]] = []
        for event in batch.events {
            let body = Self.body(of: event)
            try Self.check(body, of: event)
            calls.append(body)
        }
        for rejection in batch.rejected {
            try require(rejection.code.rawValue.isEmpty == false, "a rejected event has a reason")
            calls.append(Array(rejection.code.rawValue.utf8) + rejection.raw)
        }
        return calls
    }

    private static func body(of event: Event) -> [UInt8] {
        var writer = JSONWriter()
        event.writePartnerForm(into: &writer, ipPolicy: .truncate, fillIP: "192.0.2.7")
        let kind: CallKind = event.type == .identify ? .identify : .track
        CallBody.finish(&writer, kind: kind, source: "fuzz", sequence: 1, properties: event.properties)
        return writer.bytes
    }

    private static func check(_ body: [UInt8], of event: Event) throws {
        try require(ReferenceJSON(body) != nil, "a call is JSON to the letter")
        try require(
            body.count <= event.value.range.count * 7 + Self.additions,
            "a call is not much longer than its event"
        )
        let root = try JSONParser().parse(body).root
        try require(root.isObject, "a call is an object")
        var names: Set<String> = []
        for member in root.members {
            try require(
                names.insert(member.key.string).inserted || Self.isCanonicalTwin(member, of: root),
                "no member stands twice"
            )
        }
        try require(root["writeKey"] == nil && root["batch"] == nil, "no key leaves")
        try require(root["type"]?.string == event.type.rawValue, "the type is the event's")
        let messageId = try require(root["messageId"]?.string, "there is a messageId")
        try require(messageId == event.messageId && !messageId.isEmpty, "the messageId is the event's")
        for name in ["userId", "anonymousId"] as [StaticString] {
            guard let value = root[name] else { continue }
            let identifier = try require(value.string, "an identifier is a string")
            try require(!identifier.isEmpty, "an empty identifier is absent")
            try require(identifier.utf8.count <= Self.limits.identifierBytes, "an identifier is within its limit")
        }
        for name in ["timestamp", "receivedAt"] as [StaticString] {
            let time = try require(root[name], "there is a \(name)")
            try require(Timestamp.parse(time)?.isPrintable == true, "\(name) is a time")
        }
        try require(root["context"]?.isObject == true && root["integrations"]?.isObject == true, "both are objects")
        try require(root.height <= Self.limits.depth + 2, "a call nests no deeper than its event")
    }

    /// Swift's strings take canonically equivalent names for one; JSON does not.
    private static func isCanonicalTwin(_ member: JSONMember, of root: JSONValue) -> Bool {
        member.key.isLastOfItsName
            && root.members.filter { $0.key == member.key }.count == 1
    }
}

/// The lines of an input.
private struct SegmentRequest {
    let method: String
    let path: String
    let query: String
    let authorization: String?
    let signature: String?
    let settings: String?
    let body: [UInt8]

    init(_ input: [UInt8]) {
        var rest = input[...]
        var lines: [String] = []
        while lines.count < 5 {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            lines.append(String(decoding: line, as: UTF8.self))
        }
        self.method = lines[0]
        let mark = lines[1].utf8.firstIndex(of: UInt8(ascii: "?"))
        self.path = String(lines[1][..<(mark ?? lines[1].endIndex)])
        self.query = mark.map { String(lines[1][lines[1].utf8.index(after: $0)...]) } ?? ""
        self.authorization = lines[2].isEmpty ? nil : lines[2]
        self.signature = lines[3].isEmpty ? nil : lines[3]
        self.settings = lines[4].isEmpty ? nil : lines[4]
        self.body = Array(rest)
    }
}
