import HydraEngine
import HydraScanners
import JSON

/// The list of scanners, and making one.
extension Screens {
    /// What a person wants to know before making one.
    private static let kinds: [(kind: ScannerKind, text: String, isSingle: Bool)] = [
        (
            .usage,
            "Counts which features persons and companies use, by the feature and the flag of tracked events. Charts, "
                + "trends and pattern labels stand on it.", true
        ),
        (.persona, "Sorts persons into personas that you name, by role, traits, data points and use.", false),
        (.icp, "Scores how well companies fit, by rules with points, and says why.", false),
        (.role, "Reads function and seniority from job titles.", true),
    ]

    func scanners(_ visit: Visit) -> ScreenAnswer {
        let reply = visit.api.get("/v1/scanners")
        let kinds = Set(reply.items.compactMap { $0.text("kind") })
        let fields = Fields(known: [
            "problem": reply.isSuccess ? nil : reply.message,
            "rows": reply.items.map { self.scannerRow($0, visit) },
            "hasRows": !reply.items.isEmpty,
            "isWithoutUsage": reply.isSuccess && !kinds.contains(ScannerKind.usage.rawValue),
            "isRunning": reply.items.contains { $0.present("lastRun")?.text("state") == "running" },
            "kinds": self.kindChoices(kinds),
        ])
        return self.page(
            "scanners",
            title: "Scanners",
            section: "/scanners",
            status: reply.isSuccess ? 200 : reply.status,
            visit,
            fields
        )
    }

    private func kindChoices(_ existing: Set<String>) -> [Fields] {
        Self.kinds.map { kind, text, isSingle in
            [
                "name": Words.kind(kind.rawValue), "text": text,
                "address": LocalURL.make("/scanners/new", ["kind": kind.rawValue]),
                "isTaken": isSingle && existing.contains(kind.rawValue),
            ]
        }
    }

    func scannerRow(_ scanner: JSONValue, _ visit: Visit) -> Fields {
        let isEnabled = scanner["enabled"]?.bool ?? false
        return Fields(known: [
            "path": "/scanners/\(scanner.text("id") ?? "")",
            "id": scanner.text("id") ?? "",
            "name": scanner.text("name") ?? "",
            "kind": Words.kind(scanner.text("kind") ?? ""),
            "summary": scanner.text("summary"),
            "isEnabled": isEnabled,
            "run": scanner.present("lastRun").map { self.run($0, visit) },
        ])
    }

    /// A run over all records.
    func run(_ run: JSONValue, _ visit: Visit) -> Fields {
        let done = run.integer("done") ?? 0
        let total = run.integer("total") ?? 0
        let state = run.text("state") ?? ""
        return Fields(known: [
            "isRunning": state == "running",
            "state": Words.sentence(state),
            "reason": Words.sentence(run.text("reason") ?? ""),
            "done": "\(done)",
            "total": "\(max(total, 1))",
            "text": Self.progress(run),
            "changed": Figures.full(run.integer("changed") ?? 0),
            "version": run.integer("version").map { "\($0)" },
            "started": Moments.fields(run.text("startedAt"), now: visit.now),
            "finished": Moments.fields(run.text("finishedAt"), now: visit.now),
        ])
    }

    static func progress(_ run: JSONValue) -> String {
        let done = run.integer("done") ?? 0
        let total = run.integer("total") ?? 0
        let changed = "\(Figures.short(run.integer("changed") ?? 0)) changed"
        switch run.text("state") {
        case "running": return "\(Figures.short(done)) of \(Figures.short(total)) looked at, \(changed)"
        case "stopped": return "stopped after \(Figures.short(done)) of \(Figures.short(total)), \(changed)"
        default: return "\(Figures.short(done)) looked at, \(changed)"
        }
    }

    // MARK: Making one

    func newScanner(_ visit: Visit) -> ScreenAnswer {
        let word = visit.isPost ? visit.form["kind"] : visit.query["kind"]
        guard let kind = word.flatMap({ ScannerKind(rawValue: $0) }) else {
            let existing = Set(visit.api.get("/v1/scanners").items.compactMap { $0.text("kind") })
            return self.page(
                "scannernew",
                title: "New scanner",
                section: "/scanners",
                visit,
                ["kinds": self.kindChoices(existing), "isChoice": true]
            )
        }
        guard visit.isPost else {
            var draft = ScannerDraft(kind: kind)
            draft.takesInPast = kind == .usage
            return self.newScannerPage(draft, visit)
        }
        var draft = ScannerDraft(kind: kind, form: visit.form)
        let action = visit.form["action"] ?? ""
        if draft.edit(action) { return self.newScannerPage(draft, visit) }
        guard let body = self.body(of: draft, [.kind, .name, .past]) else {
            return self.newScannerPage(draft, mistakes: Self.notJSON(draft), status: 422, visit)
        }
        if action == "preview" {
            let (preview, mistakes) = self.preview(draft, scanner: nil, visit)
            return self.newScannerPage(
                draft,
                mistakes: mistakes,
                preview: preview,
                status: mistakes.isEmpty ? 200 : 422,
                visit
            )
        }
        let reply = visit.api.send("POST", "/v1/scanners", body)
        guard reply.isSuccess, let id = reply.root?.text("id") else {
            return self.newScannerPage(
                draft,
                mistakes: reply.mistakes,
                problem: reply.message,
                status: reply.status,
                visit
            )
        }
        return self.done(
            "The scanner was made. It looks at all records now.",
            next: "/scanners/\(id)",
            visit
        )
    }

    private func newScannerPage(
        _ draft: ScannerDraft,
        mistakes: [(path: String, message: String)] = [],
        problem: String? = nil,
        preview: Fields? = nil,
        status: Int = 200,
        _ visit: Visit
    ) -> ScreenAnswer {
        let fields = Fields(known: [
            "kindName": Words.kind(draft.kind.rawValue),
            "kindText": Self.kinds.first { $0.kind == draft.kind }?.text,
            "form": ScannerForm(draft, mistakes: mistakes).fields(subjects: self.subjects(draft.kind, visit)),
            "action": "/scanners/new",
            "submit": "Make the scanner",
            "problem": mistakes.isEmpty ? problem : nil,
            "preview": preview,
        ])
        return self.page(
            "scannernew",
            title: "New scanner: \(Words.kind(draft.kind.rawValue))",
            section: "/scanners",
            status: status,
            visit,
            fields
        )
    }

    // MARK: What a form sends to the API

    enum BodyPart {
        case kind
        case name
        case past
        case version(Int64?)
        case scanner(String?)
    }

    /// - Returns: nil if the definition was typed as JSON and is none.
    func body(of draft: ScannerDraft, _ parts: [BodyPart]) -> [UInt8]? {
        guard case .success(let definition) = draft.definition() else { return nil }
        var writer = JSONWriter(reserving: definition.count + 256)
        writer.beginObject()
        for part in parts {
            switch part {
            case .kind: writer.member("kind", draft.kind.rawValue)
            case .name: writer.member("name", draft.name)
            case .past: if draft.kind == .usage { writer.member("takeInPast", draft.takesInPast) }
            case .version(let version): if let version { writer.member("version", version) }
            case .scanner(let id): if let id { writer.member("scanner", id) }
            }
        }
        writer.member("definition", raw: definition)
        writer.endObject()
        return writer.bytes
    }

    static func notJSON(_ draft: ScannerDraft) -> [(path: String, message: String)] {
        guard case .failure(let error) = draft.definition() else { return [] }
        return [("definition", "is not JSON: \(error.message)")]
    }

    /// What a draft would change on real records.
    func preview(
        _ draft: ScannerDraft,
        scanner: String?,
        _ visit: Visit
    ) -> (fields: Fields?, mistakes: [(path: String, message: String)]) {
        guard let body = self.body(of: draft, [.kind, .scanner(scanner)]) else { return (nil, Self.notJSON(draft)) }
        let reply = visit.api.send("POST", "/v1/scanners/preview", body)
        guard reply.isSuccess, let root = reply.root else {
            return (nil, reply.mistakes.isEmpty ? [("definition", reply.message)] : reply.mistakes)
        }
        let changed = root.integer("changed") ?? 0
        let path = draft.kind == .icp ? "/companies/" : "/persons/"
        func words(_ label: String?) -> String {
            guard let label else { return "–" }
            switch draft.kind {
            case .icp: return Words.band(label)
            case .role: return Words.function(label)
            case .persona, .usage: return label
            }
        }
        let rows = reply.items.map { item -> Fields in
            [
                "path": path + (item.text("id") ?? ""), "name": item.text("name") ?? item.text("id") ?? "",
                "before": words(item.text("before")), "after": words(item.text("after")),
            ]
        }
        let what = draft.kind == .icp ? ("company", "companies") : ("person", "persons")
        return (
            [
                "examined": Words.count(root.integer("examined") ?? 0, what.0, what.1),
                "changed": Figures.full(changed), "isUnchanged": changed == 0, "rows": rows, "hasRows": !rows.isEmpty,
                "isCut": changed > Int64(rows.count),
            ], []
        )
    }

    /// What conditions may look at, as far as the latest records tell.
    func subjects(_ kind: ScannerKind, _ visit: Visit) -> [String] {
        guard kind == .persona || kind == .icp else { return [] }
        var subjects = ["company.knownPeople"]
        subjects += [
            "company.country", "company.domain", "company.domainKind", "company.employees", "company.industry",
            "company.name", "company.plan",
        ].map { "company.data.\($0)" }
        var traits: Set<String> = []
        for company in visit.api.get("/v1/companies", [("limit", "20")]).items {
            traits.formUnion(Self.traitNames(company).map { "company.trait.\($0)" })
        }
        if kind == .persona {
            subjects += ["role.function", "role.seniority"]
            subjects += [
                "campaign.name", "device.type", "email.domain", "email.isRoleAccount", "email.kind",
                "locale.language", "locale.region",
            ].map { "data.\($0)" }
            for person in visit.api.get("/v1/persons", [("limit", "20")]).items {
                traits.formUnion(Self.traitNames(person).map { "trait.\($0)" })
            }
        }
        return (subjects + traits.filter { $0.unicodeScalars.count <= 100 }).sorted()
    }

    private static func traitNames(_ record: JSONValue) -> [String] {
        record["traits"]?.members.map { $0.key.string } ?? []
    }
}
