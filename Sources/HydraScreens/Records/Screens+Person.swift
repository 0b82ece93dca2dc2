import HydraEngine
import JSON

/// One person, and erasing it.
extension Screens {
    func person(_ id: String, _ visit: Visit) -> ScreenAnswer {
        let path = "/v1/persons/\(id)"
        let reply = visit.api.get(path)
        guard reply.isSuccess, let person = reply.root else {
            return self.problem(reply, what: "person", list: ("/persons", "All persons"), visit)
        }
        let charts = UsageCharts(path: path, page: "/persons/\(id)", visit)
        let name = RecordFields.personName(person)
        var fields = Fields(known: [
            "path": "/persons/\(id)",
            "name": name,
            "jobTitle": person.text("title"),
            "email": person.text("email"),
            "userId": person.text("userId"),
            "anonymousIds": person.list("anonymousIds").compactMap(\.string),
            "hasAnonymousIds": person["anonymousIds"]?.elements.first != nil,
            "roleText": RecordFields.role(person.present("role")),
            "persona": person.present("persona")?.text("label"),
            "company": person.present("company").map {
                ["path": "/companies/\($0.text("id") ?? "")", "name": RecordFields.companyName($0)] as Fields
            },
            "created": Moments.fields(person.text("createdAt"), now: visit.now),
            "seen": Moments.fields(person.text("lastSeenAt"), now: visit.now),
            "firstSeen": Moments.fields(person.text("firstSeenAt"), now: visit.now),
            "trend": Words.trend(person.text("trend")),
            "traits": RecordFields.traits(person),
            "hasTraits": person["traits"]?.members.count ?? 0 > 0,
            "points": RecordFields.points(person, now: visit.now),
            "hasPoints": person["dataPoints"]?.count ?? 0 > 0,
            "companies": person.list("companies").map { company in
                Fields(known: [
                    "path": "/companies/\(company.text("id") ?? "")", "name": RecordFields.companyName(company),
                    "from": Moments.fields(company.text("firstNamedAt"), now: visit.now),
                    "until": company.text("lastNamedAt") == company.text("firstNamedAt")
                        ? nil : Moments.fields(company.text("lastNamedAt"), now: visit.now),
                ])
            },
            "hasCompanies": person["companies"]?.count ?? 0 > 0,
            "outcomes": [
                RecordFields.outcome(
                    person.present("role"),
                    title: "Role",
                    label: RecordFields.role(person.present("role")),
                    none: person.text("title") == nil
                        ? "Not known: there is no title." : "No role scanner has looked at the title yet.",
                    now: visit.now
                ),
                RecordFields.outcome(
                    person.present("persona"),
                    title: "Persona",
                    label: person.present("persona")?.text("label"),
                    none: person.present("persona") == nil
                        ? "No persona scanner has looked at this person yet." : "No persona.",
                    now: visit.now
                ),
            ],
            "features": charts.features(),
            "usage": charts.usage(),
            "insights": Insights(reply: visit.api.get("\(path)/patterns"), now: visit.now).fields,
        ])
        fields.merge(self.timeline(path, id: id, visit)) { _, new in new }
        return self.page("person", title: name, section: "/persons", visit, fields)
    }

    private func timeline(_ path: String, id: String, _ visit: Visit) -> Fields {
        let cursor = visit.query.text("cursor")
        let reply = visit.api.get(
            "\(path)/events",
            [("cursor", cursor), ("limit", "\(ScreenLimits.timelineItems)")]
        )
        func address(_ cursor: String?) -> String {
            LocalURL.make(
                "/persons/\(id)",
                ["days": visit.query.text("days"), "by": visit.query.text("by"), "cursor": cursor]
            ) + "#timeline"
        }
        let events = reply.items.map { event -> Fields in
            let flag = event.text("eventFlag") ?? "neutral"
            return Fields(known: [
                "event": event.text("event") ?? "",
                "feature": event.text("feature"),
                "flag": Words.sentence(flag),
                "flagKind": flag,
                "time": Moments.fields(event.text("timestamp"), now: visit.now),
                "properties": event["properties"].map {
                    RecordFields.members(of: $0)
                } ?? [],
                "hasProperties": event["properties"]?.count ?? 0 > 0,
            ])
        }
        return Fields(known: [
            "events": events,
            "hasEvents": !events.isEmpty,
            "eventsProblem": reply.isSuccess ? nil : reply.message,
            "first": cursor == nil ? nil : address(nil),
            "next": reply.nextCursor.map { address($0) },
        ])
    }

    func erase(_ id: String, _ visit: Visit, completion: @escaping @Sendable (ScreenAnswer) -> Void) {
        let reply = visit.api.get("/v1/persons/\(id)")
        guard reply.isSuccess, let person = reply.root else {
            return completion(self.problem(reply, what: "person", list: ("/persons", "All persons"), visit))
        }
        let name = RecordFields.personName(person)
        guard visit.isPost else {
            return completion(
                self.confirm(
                    title: "Erase this person?",
                    subject: name,
                    text: """
                        The person, all of its ids, traits, events and data points, and everything that was found out \
                        from them, are erased for good. What comes in under its ids later makes a new person.
                        """,
                    button: "Erase for good",
                    action: "/persons/\(id)/erase",
                    back: "/persons/\(id)",
                    section: "/persons",
                    visit
                )
            )
        }
        visit.api.erase(id) { [self] reply in
            guard reply.isSuccess else {
                return completion(self.problem(reply, what: "person", list: ("/persons", "All persons"), visit))
            }
            completion(self.done("The person was erased.", next: "/persons", visit))
        }
    }

    /// Asks before something is done that cannot be undone.
    func confirm(
        title: String,
        subject: String,
        text: String,
        button: String,
        action: String,
        back: String,
        section: String,
        _ visit: Visit
    ) -> ScreenAnswer {
        self.page(
            "confirm",
            title: title,
            section: section,
            visit,
            ["subject": subject, "text": text, "button": button, "action": action, "back": back]
        )
    }
}
