/// What stands behind the spool's protocol.
enum Engine: String, CaseIterable, Sendable {
    case sqlite
    case jetStream
}
