/// Takes out of a foreign text what may be about a person.
///
/// Hydra's answer to a call may quote the call. `hydra-gateway dead show` prints it as it came; a page that stays open
/// on a wall does not: words with an `@`, and words with seven or more digits, become `[hidden]`.
enum HiddenPersons {
    /// Digits from which on a word may be a telephone number.
    private static let digits = 7

    static func hide(in text: String) -> String {
        var result = ""
        for (index, word) in text.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { result += " " }
            if word.contains("@") || word.count(where: { $0.properties.numericType != nil }) >= Self.digits {
                result += "[hidden]"
            } else {
                result.unicodeScalars.append(contentsOf: word)
            }
        }
        return result
    }
}
