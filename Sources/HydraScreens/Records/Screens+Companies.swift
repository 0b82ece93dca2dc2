import HydraEngine
import JSON

/// The list of companies, and one company.
extension Screens {
    func companies(_ visit: Visit) -> ScreenAnswer {
        let query = CompaniesQuery(visit.query)
        let reply = visit.api.get("/v1/companies", query.apiQuery)
        let rows = reply.items.map { company -> Fields in
            let icp = company.present("icp")
            let name = RecordFields.companyName(company)
            return Fields(known: [
                "path": "/companies/\(company.text("id") ?? "")",
                "name": name,
                "domain": company.text("domain").flatMap { $0 == name ? nil : $0 },
                "persons": company.integer("personCount").map { Figures.short($0) },
                "score": icp?.number("score").map { Figures.decimal($0, places: 0) },
                "scoreNumber": icp?.number("score").map { "\($0)" },
                "band": icp?.text("label").map { Words.band($0) },
                "bandKind": icp?.text("label"),
                "confidence": icp?.number("confidence").map { Figures.percent($0) },
                "trend": Words.trend(company.text("trend")),
                "uses": company.integer("uses30").map {
                    ["short": Figures.short($0), "full": Figures.full($0)] as Fields
                },
                "labels": RecordFields.labels(company.list("labels")),
                "created": Moments.fields(company.text("createdAt"), now: visit.now),
            ])
        }
        func heading(_ text: String, _ ascending: String, _ descending: String, _ isDescendingFirst: Bool) -> Fields {
            SortHeading.fields(
                text,
                sort: query.sort,
                ascending: ascending,
                descending: descending,
                isDescendingFirst: isDescendingFirst
            ) { query.address("sort", $0) }
        }
        let filters: [Fields] = [
            [
                "name": "label", "label": "Label",
                "options": Choices.fields(
                    [(value: "", text: "Every label")]
                        + PersonsQuery.labels.map { (value: $0, text: Words.pattern($0)) },
                    chosen: query["label"]
                ),
            ],
            ["name": "sort", "label": "Sort by", "options": Choices.fields(CompaniesQuery.sorts, chosen: query.sort)],
        ]
        let fields = Fields(known: [
            "problem": reply.isSuccess ? nil : reply.message,
            "rows": rows,
            "hasRows": !rows.isEmpty,
            "isEmpty": rows.isEmpty && reply.isSuccess,
            "isFiltered": query.isFiltered,
            // There is nothing to choose from while there is nothing.
            "hasFilters": !rows.isEmpty || query.isFiltered || !reply.isSuccess,
            "q": query["q"] ?? "",
            "filters": filters,
            "headings": [
                "name": heading("Company", "name", "-name", false),
                "icp": heading("Fit", "icp", "-icp", true),
                "persons": heading("Persons", "persons", "-persons", true),
                "created": heading("First seen", "createdAt", "-createdAt", true),
            ] as Fields,
            "first": query["cursor"] == nil ? nil : query.address("cursor", nil),
            "next": reply.nextCursor.map { query.address("cursor", $0) },
        ])
        return self.page(
            "companies",
            title: "Companies",
            section: "/companies",
            status: reply.isSuccess ? 200 : reply.status,
            visit,
            fields
        )
    }

    func company(_ id: String, _ visit: Visit) -> ScreenAnswer {
        let path = "/v1/companies/\(id)"
        let reply = visit.api.get(path)
        guard reply.isSuccess, let company = reply.root else {
            return self.problem(reply, what: "company", list: ("/companies", "All companies"), visit)
        }
        let charts = UsageCharts(path: path, page: "/companies/\(id)", visit)
        let name = RecordFields.companyName(company)
        let icp = company.present("icp")
        let persons = visit.api.get(
            "/v1/persons",
            [("company", id), ("sort", "-uses"), ("limit", "\(ScreenLimits.companyPersons)")]
        )
        let count = company.integer("personCount") ?? 0
        let fields = Fields(known: [
            "name": name,
            "domain": company.text("domain"),
            "doubt": company.text("doubt"),
            "personCount": Words.count(count, "person", "persons"),
            "hasMorePersons": count > Int64(persons.items.count),
            "allPersons": LocalURL.make("/persons", ["company": id]),
            "band": icp?.text("label").map { Words.band($0) },
            "bandKind": icp?.text("label"),
            "trend": Words.trend(company.text("trend")),
            "created": Moments.fields(company.text("createdAt"), now: visit.now),
            "updated": Moments.fields(company.text("updatedAt"), now: visit.now),
            "traits": RecordFields.traits(company),
            "hasTraits": company["traits"]?.members.count ?? 0 > 0,
            "points": RecordFields.points(company, now: visit.now),
            "hasPoints": company["dataPoints"]?.count ?? 0 > 0,
            "outcomes": [
                RecordFields.outcome(
                    icp,
                    title: "Ideal customer profile",
                    label: icp?.text("label").map { Words.band($0) },
                    none: icp == nil
                        ? "No scanner of this kind has looked at this company yet."
                        : "Nothing that the profile asks for is known.",
                    now: visit.now
                )
            ],
            "rows": persons.items.map { RecordFields.personRow($0, now: visit.now) },
            "hasRows": !persons.items.isEmpty,
            "features": charts.features(),
            "usage": charts.usage(),
            "insights": Insights(reply: visit.api.get("\(path)/patterns"), now: visit.now).fields,
        ])
        return self.page("company", title: name, section: "/companies", visit, fields)
    }
}
