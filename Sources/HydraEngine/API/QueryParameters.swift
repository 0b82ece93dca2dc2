/// The parameters of a query string.
///
/// A value; any thread.
struct QueryParameters {
    private var values: [String: String] = [:]

    /// - Throws: ``ParameterProblem`` for a name that stands twice, a broken `%` escape and text that is not UTF-8.
    init(_ query: String) throws(ParameterProblem) {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decoded(parts[0], plusIsSpace: true),
                let value = PercentEncoding.decoded(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else {
                throw ParameterProblem("The query is not percent-encoded UTF-8.")
            }
            guard self.values.updateValue(value, forKey: name) == nil else {
                throw ParameterProblem("A parameter stands twice in the query.")
            }
        }
    }

    subscript(name: String) -> String? { self.values[name] }

    /// A parameter that names one of a few values.
    func choice<Choice>(_ name: String) throws(ParameterProblem) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let text = self[name] else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ParameterProblem("`\(name)` must be one of \(choices).")
        }
        return choice
    }

    /// `limit`, from 1 to ``EngineLimits/pageItems``.
    func limit() throws(ParameterProblem) -> Int {
        guard let text = self["limit"] else { return EngineLimits.defaultPageItems }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let limit = Int(text),
            (1...EngineLimits.pageItems).contains(limit)
        else {
            throw ParameterProblem("`limit` must be a whole number from 1 to \(EngineLimits.pageItems).")
        }
        return limit
    }

    /// `cursor`, made for the same list and account.
    func cursor(scope: String, account: Account) throws(ParameterProblem) -> Cursor? {
        guard let text = self["cursor"] else { return nil }
        guard let cursor = Cursor(text: text, scope: scope, salt: account.salt) else {
            throw ParameterProblem("`cursor` must be the `nextCursor` of a page of this list with the same parameters.")
        }
        return cursor
    }

    /// `q`.
    func searchText() throws(ParameterProblem) -> String? {
        guard let text = self["q"] else { return nil }
        guard text.unicodeScalars.count <= EngineLimits.searchCharacters else {
            throw ParameterProblem("`q` may have \(EngineLimits.searchCharacters) characters.")
        }
        return text
    }
}

/// A query parameter that is not allowed: answered 400.
struct ParameterProblem: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
