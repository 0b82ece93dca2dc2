package import JSON

/// The `X-Segment-Settings` header of a partner request: base64 of a JSON object with the destination's settings.
///
/// A plain value; any thread. Hydra's one setting, the API key, comes as Basic authorization instead, so nothing
/// depends on this header: a damaged one is reported and the event is taken all the same.
package enum PartnerSettings: Sendable {
    /// There is no such header.
    case absent
    /// The header is not base64, or no JSON object: worth a line in the log.
    case unreadable
    /// The settings; the document's root is an object.
    case settings(JSONDocument)

    /// The longest header that is decoded, in characters; servers in front allow less.
    private static let maximumLength = 64 << 10

    init(header: String?, parser: JSONParser) {
        guard let header, !header.isEmpty else {
            self = .absent
            return
        }
        guard header.utf8.count <= Self.maximumLength, let text = Base64.decode(header.utf8),
            let document = try? parser.parse(text), document.root.isObject
        else {
            self = .unreadable
            return
        }
        self = .settings(document)
    }
}
