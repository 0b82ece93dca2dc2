import JSON

extension Fixture {
    /// All that an account shows of its records but what depends on arrival (ids' order, when a record was made or
    /// changed), as text that is the same for the same records.
    func snapshot(key: String) async -> String {
        var lines: [String] = []
        for person in await self.send("GET", "/v1/persons?limit=200", key: key).items {
            let id = person["id"]?.string ?? ""
            let detail = await self.send("GET", "/v1/persons/\(id)", key: key).root
            let events = await self.send("GET", "/v1/persons/\(id)/events?limit=200", key: key).items
            let anonymousIds = person["anonymousIds"]?.elements.compactMap(\.string).sorted() ?? []
            let company = person["company"].map { Self.company($0) } ?? ""
            let history = detail?["companies"]?.elements.map { entry in
                "\(Self.company(entry)) \(text(entry["firstNamedAt"]))–\(text(entry["lastNamedAt"]))"
            }
            let times = "\(text(person["firstSeenAt"]))–\(text(person["lastSeenAt"]))"
            let summary = "\(text(person["email"])) \(text(person["name"])) \(text(person["title"]))"
            lines.append(
                """
                person \(text(person["userId"])) \(anonymousIds) \(text(person["traits"])) \(summary) \(times) \
                company \(company) history \((history ?? []).sorted()) \
                events \(events.compactMap { $0["messageId"]?.string })
                """
            )
        }
        for company in await self.send("GET", "/v1/companies?limit=200", key: key).items {
            lines.append("company \(Self.company(company)) \(text(company["traits"])) \(text(company["personCount"]))")
        }
        return lines.sorted().joined(separator: "\n")
    }

    private static func company(_ value: JSONValue) -> String {
        "\(text(value["name"]))/\(text(value["domain"]))"
    }
}

private func text(_ value: JSONValue?) -> String {
    value?.rawString ?? "absent"
}
