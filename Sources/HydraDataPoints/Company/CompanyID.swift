/// Ids of companies as senders write them. Stateless; any thread.
package enum CompanyID {
    /// Whether an id stands for "none": an empty value of a program, zeros, dashes, `-1`, a template that was not filled
    /// in, the field's own name.
    package static func meansNone(_ id: String) -> Bool {
        guard id.utf8.count <= 64 else { return false }
        let text = id.lowercased().filter { !$0.isWhitespace }
        if text.allSatisfy({ !$0.isLetter && !$0.isNumber || $0 == "0" }) || text == "-1" { return true }
        if text.hasPrefix("0x"), text.dropFirst(2).allSatisfy({ $0 == "0" }) { return true }
        if ["{{", "${", "<%", "[object"].contains(where: { text.contains($0) }) { return true }
        if text.hasPrefix("%"), text.hasSuffix("%") { return true }
        return self.words.contains(text.filter { $0.isLetter || $0.isNumber })
    }

    private static let words: Set<String> = [
        "null", "undefined", "none", "nil", "nan", "na", "unknown", "anonymous", "guest", "true", "false", "void",
        "empty", "blank", "unset", "notset", "notavailable", "notapplicable", "nocompany", "default", "id",
        "companyid", "groupid", "accountid", "objectobject",
    ]
}
