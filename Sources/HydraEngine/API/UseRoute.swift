/// What can be asked about the use of a person or a company: the last segment of the path.
enum UseRoute: String, Sendable {
    case features
    case usage
    case patterns
}
