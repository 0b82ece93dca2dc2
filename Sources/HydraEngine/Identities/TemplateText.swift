/// What a template leaves where a value should have come: `{{userId}}`, `${id}`, `%USER_ID%`, `<%= id %>`, `__ID__`.
///
/// Stateless.
enum TemplateText {
    /// Marks that stand before and behind a name, the longer before the shorter.
    private static let marks: [(open: String, close: String)] = [
        ("{{", "}}"), ("<%", "%>"), ("{%", "%}"), ("[%", "%]"), ("%%", "%%"), ("@@", "@@"), ("##", "##"), ("__", "__"),
        ("[[", "]]"), ("<?", ">"), ("*|", "|*"), ("{!", "}"), ("${", "}"), ("#{", "}"), ("@{", "}"), ("%{", "}"),
        ("$(", ")"), ("%(", ")s"), ("%", "%"), ("<<", ">>"), ("«", "»"),
    ]

    /// Marks that a value inside a text is asked for by, anywhere in it.
    private static let inside: [(open: String, close: String)] = [("{{", "}}"), ("${", "}"), ("<%", "%>"), ("#{", "}")]

    /// Places for a value that have no name.
    private static let bare: Set<String> = [
        "%s", "%d", "%i", "%@", "%u", "%v", "%x", "{}", "{0}", "{1}", "?", "$1", ":id",
    ]

    /// - Parameter text: lower-cased, without white space around it.
    static func isLeftOver(_ text: String) -> Bool {
        if self.bare.contains(text) { return true }
        for (open, close) in self.marks
        where text.hasPrefix(open) && text.hasSuffix(close) && text.count > open.count + close.count {
            // `%40%`, a percent-encoded text, and `__7__` are somebody's.
            let inner = text.dropFirst(open.count).dropLast(close.count)
            if open.count > 1 && open != "__" || self.isName(inner) { return true }
        }
        for (open, close) in self.inside {
            guard let start = text.firstRange(of: open) else { continue }
            if text[start.upperBound...].contains(close) { return true }
        }
        // `$user_id`, `$user.id`, `:user_id`, `@user_id`, `{user_ref}`: a name, and nothing of anybody's. A GUID in braces
        // has digits.
        if text.hasPrefix("$"), self.isName(text.dropFirst()) { return true }
        if text.hasPrefix("{"), text.hasSuffix("}"), self.isName(text.dropFirst().dropLast()) { return true }
        return false
    }

    /// Letters, and what joins them in a program's names.
    private static func isName(_ text: Substring) -> Bool {
        var hasLetter = false
        for character in text {
            if character.isLetter {
                hasLetter = true
            } else if !"_-. ".contains(character) {
                return false
            }
        }
        return hasLetter
    }
}
