import JSON
import Segment
import Testing

/// The clock of these tests: 2026-01-02T03:04:05.678Z.
let now = Timestamp(milliseconds: 1_767_323_045_678)

/// Reads a body as a request, with generated ids `generated-1`, `generated-2`, ….
func read(
    _ body: [UInt8],
    route: Route = .batch,
    facts: RequestFacts = RequestFacts(receivedAt: now),
    limits: SegmentLimits = SegmentLimits()
) throws(EdgeRejection) -> EventBatch {
    var generated = 0
    return try EventReader(limits: limits).read(body, route: route, facts: facts) {
        generated += 1
        return "generated-\(generated)"
    }
}

/// Reads a text as a request.
func read(
    _ body: String,
    route: Route = .batch,
    facts: RequestFacts = RequestFacts(receivedAt: now),
    limits: SegmentLimits = SegmentLimits()
) throws(EdgeRejection) -> EventBatch {
    try read(Array(body.utf8), route: route, facts: facts, limits: limits)
}

/// Reads a text that holds exactly one good event.
func readEvent(
    _ body: String,
    route: Route = .event(.track),
    facts: RequestFacts = RequestFacts(receivedAt: now)
) throws -> Event {
    let batch = try read(body, route: route, facts: facts)
    #expect(batch.rejected.map(\.code) == [])
    try #require(batch.events.count == 1)
    return try #require(batch.events.first)
}

/// The rejection codes of the events of a body.
func rejections(_ body: String, route: Route = .event(.track)) throws -> [ItemRejection.Code] {
    try read(body, route: route).rejected.map(\.code)
}

/// The code with which a request is refused; nil when it is not.
func refusal(
    _ body: [UInt8],
    route: Route = .event(.track),
    facts: RequestFacts = RequestFacts(receivedAt: now),
    limits: SegmentLimits = SegmentLimits()
) -> EdgeRejection.Code? {
    do {
        _ = try read(body, route: route, facts: facts, limits: limits)
        return nil
    } catch {
        return error.code
    }
}

/// The code with which a text is refused; nil when it is not.
func refusal(_ body: String, route: Route = .event(.track)) -> EdgeRejection.Code? {
    refusal(Array(body.utf8), route: route)
}

extension Event {
    /// The partner form, closed.
    func partnerForm(ipPolicy: IPPolicy = .truncate, fillIP: String? = nil) -> String {
        var writer = JSONWriter()
        writePartnerForm(into: &writer, ipPolicy: ipPolicy, fillIP: fillIP)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// A member of the partner form as it stands there; nil when it is missing.
    func partnerMember(_ name: String, ipPolicy: IPPolicy = .truncate, fillIP: String? = nil) throws -> String? {
        let form = partnerForm(ipPolicy: ipPolicy, fillIP: fillIP)
        let members = try JSONParser().parse(Array(form.utf8)).root.members.filter { $0.key.string == name }
        #expect(members.count <= 1, "the member \(name) stands twice in \(form)")
        return members.last?.value.rawString
    }
}

/// The value of a JSON text.
func json(_ text: String) throws -> JSONValue {
    try JSONParser().parse(Array(text.utf8)).root
}
