import HydraEngine
import HydraScanners
import JSON

/// One scanner: editing, running, switching, deleting.
extension Screens {
    private static let list = (path: "/scanners", text: "All scanners")

    func scanner(_ id: String, _ visit: Visit) -> ScreenAnswer {
        let reply = visit.api.get("/v1/scanners/\(id)")
        guard reply.isSuccess, let scanner = reply.root, let kept = ScannerDraft(scanner: scanner) else {
            return self.problem(reply, what: "scanner", list: Self.list, visit)
        }
        guard visit.isPost else {
            var draft = kept
            if visit.query["mode"] == "json" { _ = draft.edit("json") }
            return self.scannerPage(scanner, draft, version: scanner.integer("version"), visit)
        }
        var draft = ScannerDraft(kind: kept.kind, form: visit.form)
        // The version that the form was made from; only who was told of a newer one may save over it.
        let version = Int64(visit.form.trimmed("version"))
        let action = visit.form["action"] ?? ""
        if draft.edit(action) { return self.scannerPage(scanner, draft, version: version, visit) }
        if action == "preview" {
            let (preview, mistakes) = self.preview(draft, scanner: id, visit)
            return self.scannerPage(
                scanner,
                draft,
                version: version,
                mistakes: mistakes,
                preview: preview,
                status: mistakes.isEmpty ? 200 : 422,
                visit
            )
        }
        let parts: [BodyPart] = [.name, .past, .version(action == "overwrite" ? nil : version)]
        guard let body = self.body(of: draft, parts) else {
            return self.scannerPage(
                scanner,
                draft,
                version: version,
                mistakes: Self.notJSON(draft),
                status: 422,
                visit
            )
        }
        let change = visit.api.send("PATCH", "/v1/scanners/\(id)", body)
        guard change.isSuccess else {
            return self.scannerPage(
                scanner,
                draft,
                version: version,
                mistakes: change.mistakes,
                problem: change.message,
                isConflict: change.code == "edited_meanwhile",
                status: change.status,
                visit
            )
        }
        return self.done(
            "The scanner was saved. What depends on it is looked at again.",
            next: "/scanners/\(id)",
            visit
        )
    }

    private func scannerPage(
        _ scanner: JSONValue,
        _ draft: ScannerDraft,
        version: Int64?,
        mistakes: [(path: String, message: String)] = [],
        problem: String? = nil,
        isConflict: Bool = false,
        preview: Fields? = nil,
        status: Int = 200,
        _ visit: Visit
    ) -> ScreenAnswer {
        let id = scanner.text("id") ?? ""
        let runs = visit.api.get("/v1/scanners/\(id)/runs", [("limit", "10")]).items.map { self.run($0, visit) }
        var fields = self.scannerRow(scanner, visit)
        fields.merge(
            Fields(known: [
                "form": ScannerForm(draft, mistakes: mistakes).fields(subjects: self.subjects(draft.kind, visit)),
                "action": "/scanners/\(id)",
                "submit": "Save",
                "formVersion": version.map { "\($0)" },
                "version": scanner.integer("version").map { "\($0)" },
                "problem": mistakes.isEmpty && !isConflict ? problem : nil,
                "conflict": isConflict ? problem : nil,
                "preview": preview,
                "runs": runs,
                "hasRuns": !runs.isEmpty,
                "created": Moments.fields(scanner.text("createdAt"), now: visit.now),
                "updated": Moments.fields(scanner.text("updatedAt"), now: visit.now),
            ])
        ) { _, new in new }
        return self.page(
            "scanner",
            title: scanner.text("name") ?? "Scanner",
            section: "/scanners",
            status: status,
            visit,
            fields
        )
    }

    func runScanner(_ id: String, _ visit: Visit) -> ScreenAnswer {
        let reply = visit.api.send("POST", "/v1/scanners/\(id)/runs")
        guard !reply.isMissing else { return self.problem(reply, what: "scanner", list: Self.list, visit) }
        return self.done(
            reply.isSuccess ? "The scanner looks at all records now." : reply.message,
            isProblem: !reply.isSuccess,
            next: "/scanners/\(id)",
            visit
        )
    }

    func switchScanner(_ id: String, _ visit: Visit) -> ScreenAnswer {
        let isOn = visit.form["enabled"] == "true"
        let reply = visit.api.send("PATCH", "/v1/scanners/\(id)", Array("{\"enabled\":\(isOn)}".utf8))
        guard !reply.isMissing else { return self.problem(reply, what: "scanner", list: Self.list, visit) }
        let text = isOn ? "The scanner is switched on." : "The scanner is switched off."
        return self.done(
            reply.isSuccess ? text : reply.message,
            isProblem: !reply.isSuccess,
            next: "/scanners/\(id)",
            visit
        )
    }

    func deleteScanner(_ id: String, _ visit: Visit) -> ScreenAnswer {
        let reply = visit.api.get("/v1/scanners/\(id)")
        guard reply.isSuccess, let scanner = reply.root else {
            return self.problem(reply, what: "scanner", list: Self.list, visit)
        }
        guard visit.isPost else {
            return self.confirm(
                title: "Delete this scanner?",
                subject: scanner.text("name") ?? "",
                text: "The scanner and everything it found are deleted. Persons, companies and events stay.",
                button: "Delete",
                action: "/scanners/\(id)/delete",
                back: "/scanners/\(id)",
                section: "/scanners",
                visit
            )
        }
        let deletion = visit.api.send("DELETE", "/v1/scanners/\(id)")
        return self.done(
            deletion.isSuccess ? "The scanner was deleted." : deletion.message,
            isProblem: !deletion.isSuccess,
            next: "/scanners",
            visit
        )
    }

    /// For the script that shows a run's progress.
    func scannerProgress(_ id: String, _ visit: Visit) -> ScreenAnswer {
        let reply = visit.api.get("/v1/scanners/\(id)")
        guard reply.isSuccess, let scanner = reply.root else { return .json([], status: reply.status) }
        let run = scanner.present("lastRun")
        var writer = JSONWriter(reserving: 128)
        writer.beginObject()
        writer.member("isRunning", run?.text("state") == "running")
        writer.member("done", run?.integer("done") ?? 0)
        writer.member("total", run?.integer("total") ?? 0)
        writer.member("text", run.map { Self.progress($0) } ?? "")
        writer.endObject()
        return .json(writer.bytes)
    }
}
