import Mustache

/// Escapes text for HTML scalar by scalar.
///
/// Mustache's own way goes by characters: a `<` or a quote with a combining mark behind it is another character, passes
/// as it is, and leaves an attribute. Every template names this type in its first line, partials too, because a partial
/// begins with Mustache's own again.
struct PageEscaping: MustacheContentType {
    /// What templates call it.
    static let name = "HYDRA-GATEWAY"

    func escapeText(_ text: String) -> String { Self.escape(text) }

    static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
