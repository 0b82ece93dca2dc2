/// Reads a `Content-Type` header.
///
/// Stateless; any thread.
enum ContentType {
    static func isHTML(_ header: String) -> Bool {
        let type = header.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        return type == "text/html" || type == "application/xhtml+xml"
    }

    /// The `charset` parameter, without quotes.
    static func charset(_ header: String) -> String? {
        for parameter in header.lowercased().split(separator: ";").dropFirst() {
            let parts = parameter.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ !$0.isWhitespace }) == "charset" else { continue }
            return String(parts[1].filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" })
        }
        return nil
    }
}
