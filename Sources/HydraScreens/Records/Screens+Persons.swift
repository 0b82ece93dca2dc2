import HydraEngine
import HydraRoles
import JSON

/// The list of persons.
extension Screens {
    func persons(_ visit: Visit) -> ScreenAnswer {
        let query = PersonsQuery(visit.query)
        var parameters = query.apiQuery
        if query["persona"] == PersonsQuery.withoutPersona {
            parameters = parameters.map { $0.0 == "persona" ? ("persona", "") : $0 }
        }
        let reply = visit.api.get("/v1/persons", parameters)
        let rows = reply.items.map { RecordFields.personRow($0, now: visit.now) }
        let scanners = visit.api.get("/v1/scanners")
        var fields = Fields(known: [
            "problem": reply.isSuccess ? nil : reply.message,
            "rows": rows,
            "hasRows": !rows.isEmpty,
            "isEmpty": rows.isEmpty && reply.isSuccess,
            "isFiltered": query.isFiltered,
            // There is nothing to choose from while there is nothing.
            "hasFilters": !rows.isEmpty || query.isFiltered || !reply.isSuccess,
            "showsCompany": true,
            "q": query["q"] ?? "",
            "filters": self.personFilters(query, scanners.items, visit),
            "headings": Self.personHeadings(query),
            "first": query["cursor"] == nil ? nil : query.address("cursor", nil),
            "next": reply.nextCursor.map { query.address("cursor", $0) },
        ])
        if !query.isFiltered, query["cursor"] == nil, reply.isSuccess {
            fields["start"] = self.start(visit, hasPersons: !rows.isEmpty, scanners: scanners)
        }
        return self.page(
            "persons",
            title: "Persons",
            section: "/persons",
            status: reply.isSuccess ? 200 : reply.status,
            visit,
            fields
        )
    }

    private func personFilters(_ query: PersonsQuery, _ scanners: [JSONValue], _ visit: Visit) -> [Fields] {
        let personas =
            scanners.first { $0.text("kind") == "persona" && $0["enabled"]?.bool == true }?["definition"]?
            .list("personas").compactMap { $0.text("name") } ?? []
        let companies = self.companyChoices(query["company"], visit)
        let functions = JobFunction.allCases.map { (value: $0.rawValue, text: Words.function($0.rawValue)) }
        func select(
            _ name: String,
            _ label: String,
            _ all: String,
            _ options: [(value: String, text: String)]
        ) -> Fields {
            [
                "name": name, "label": label,
                "options": Choices.fields([(value: "", text: all)] + options, chosen: query[name]),
            ]
        }
        return [
            select(
                "persona",
                "Persona",
                "Every persona",
                personas.map { (value: $0, text: $0) } + [(value: PersonsQuery.withoutPersona, text: "Without one")]
            ),
            select("role", "Role", "Every role", functions),
            select("company", "Company", "Every company", companies),
            select("trend", "Trend", "Every trend", PersonsQuery.trends.map { (value: $0, text: Words.sentence($0)) }),
            select("label", "Label", "Every label", PersonsQuery.labels.map { (value: $0, text: Words.pattern($0)) }),
            [
                "name": "sort", "label": "Sort by",
                "options": Choices.fields(PersonsQuery.sorts, chosen: query.sort),
            ],
        ]
    }

    /// The companies with most persons, and the one that was chosen, which may be another.
    private func companyChoices(_ chosen: String?, _ visit: Visit) -> [(value: String, text: String)] {
        let reply = visit.api.get("/v1/companies", [("sort", "-persons"), ("limit", "100")])
        var choices = reply.items.map { (value: $0.text("id") ?? "", text: RecordFields.companyName($0)) }
        if let chosen, !choices.contains(where: { $0.value == chosen }),
            let company = visit.api.get("/v1/companies/\(LocalURL.encode(chosen))").root, company.text("id") == chosen
        {
            choices.append((value: chosen, text: RecordFields.companyName(company)))
        }
        return choices
    }

    private static func personHeadings(_ query: PersonsQuery) -> Fields {
        func heading(_ text: String, _ ascending: String, _ descending: String, _ isDescendingFirst: Bool) -> Fields {
            SortHeading.fields(
                text,
                sort: query.sort,
                ascending: ascending,
                descending: descending,
                isDescendingFirst: isDescendingFirst
            ) { query.address("sort", $0) }
        }
        return [
            "name": heading("Person", "name", "-name", false),
            "uses": heading("Use, 30 days", "uses", "-uses", true),
            "seen": heading("Last seen", "lastSeenAt", "-lastSeenAt", true),
        ]
    }

    /// What to do next while something is missing; nil when all is there.
    func start(_ visit: Visit, hasPersons: Bool, scanners: APIReply) -> Fields? {
        let hasScanner = scanners.items.contains { $0.text("kind") == "product_usage" }
        guard !hasPersons || !hasScanner else { return nil }
        let hasSource = hasPersons || !visit.api.get("/v1/settings/sources").items.isEmpty
        return [
            "hasSource": hasSource, "hasScanner": hasScanner, "hasPersons": hasPersons,
            "isScannerNext": hasSource && !hasScanner, "isSourceNext": !hasSource,
        ]
    }
}
