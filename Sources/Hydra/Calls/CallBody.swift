package import JSON

/// Ends the body of a call.
///
/// What comes before is Segment's partner form of the event, which the Segment target writes; what is added here is
/// what this contract has on top of it. Nothing of the event is decoded and printed again.
package enum CallBody {
    /// Adds `source`, `sequence` and, for a track, `feature` and `eventFlag`; closes the object.
    ///
    /// - Parameters:
    ///   - writer: stands inside the event's object, after its last member.
    ///   - kind: decides whether the members of a track are added.
    ///   - source: the name of the source in the gateway's configuration.
    ///   - sequence: of ``CallSequence``. It stands in the body, so that retries, a move of the spool and a replay of dead
    ///     letters keep it.
    ///   - properties: the event's properties, or nil. `feature` becomes their `feature` as it is spelled there, or
    ///     null; see ``EventFlag`` for `eventFlag`.
    package static func finish(
        _ writer: inout JSONWriter,
        kind: CallKind,
        source: String,
        sequence: Int64,
        properties: JSONValue?
    ) {
        writer.member("source", source)
        writer.member("sequence", sequence)
        if case .track = kind {
            writer.key("feature")
            if let feature = properties?["feature"] {
                writer.raw(feature)
            } else {
                writer.null()
            }
            writer.member("eventFlag", EventFlag(properties: properties).rawValue)
        }
        writer.endObject()
    }
}
