import HydraEngine
import JSON
import TestSupport
import Testing

@testable import HydraScreens

@Suite struct ScannerPagesTests {
    private static let persona: [(String, String)] = [
        ("kind", "persona"), ("mode", "form"), ("name", "Buyers"), ("pick", "first"), ("personas[0].name", "Boss"),
        ("personas[0].description", ""), ("personas[0].match", "all"),
        ("personas[0].conditions[0].subject", "role.seniority"), ("personas[0].conditions[0].operator", "isOneOf"),
        ("personas[0].conditions[0].value", "cxo, owner"), ("personas[0].conditions[0].weight", "2"),
    ]

    private func form(_ visitor: Visitor, _ path: String, _ fields: [(String, String)], action: String) async -> Page {
        await visitor.post(path, fields + [("action", action), ("form_token", visitor.last?.token ?? "")])
    }

    private func scanner(_ site: Site, _ kind: String) async throws -> JSONValue {
        let items =
            await site.ask("GET", "/v1/scanners")?["items"]?.elements.filter { $0["kind"]?.string == kind } ?? []
        guard let scanner = items.last else { throw TestError("there is no scanner of the kind \(kind)") }
        return scanner
    }

    @Test func everyKindCanBeMadeFromItsForm() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        let choice = await visitor.get("/scanners/new")
        #expect(choice.text.contains("Segment Product Usage"))
        #expect(choice.text.contains("There is one already"))
        for kind in ["persona", "ideal_customer_profile", "product_usage"] {
            let page = await visitor.get("/scanners/new?kind=\(kind)")
            #expect(page.status == 200)
            #expect(page.faults == [], "\(kind)")
            #expect(page.field("name") != nil)
        }
        await visitor.get("/scanners/new?kind=product_usage")
        let made = await self.form(
            visitor,
            "/scanners/new",
            [
                ("kind", "product_usage"), ("mode", "form"), ("name", "Use"), ("weights.positive", "3"),
                ("weights.neutral", "1"), ("weights.negative", "-2"), ("ignoredFeatures", "Heartbeat\r\nPing\r\n"),
                ("takeInPast", "true"),
            ],
            action: "save"
        )
        #expect(made.status == 303)
        let scanner = try await self.scanner(site, "product_usage")
        #expect(made.location == "/scanners/\(scanner["id"]?.string ?? "")")
        #expect(scanner["definition"]?["weights"]?["positive"]?.double == 3)
        #expect(scanner["definition"]?["ignoredFeatures"]?.rawString == #"["Heartbeat","Ping"]"#)
        #expect(scanner["lastRun"]?["reason"]?.string == "take_in_past")
        let page = await visitor.get(made.location ?? "")
        #expect(page.text.contains("The scanner was made."))
        #expect(page.text.contains("Take in past"))
        #expect(page.faults == [])
    }

    @Test func aPersonaIsMadeFromRows() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        await visitor.get("/scanners/new?kind=persona")
        let made = await self.form(visitor, "/scanners/new", Self.persona, action: "save")
        #expect(made.status == 303)
        let definition = try await self.scanner(site, "persona")["definition"]
        let condition = definition?["personas"]?.elements.first?["conditions"]?.elements.first
        #expect(condition?["value"]?.rawString == #"["cxo","owner"]"#)
        #expect(condition?["weight"]?.double == 2)
    }

    @Test func everyMistakeIsShownAtItsFieldAndWhatWasTypedIsKept() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        await visitor.get("/scanners/new?kind=persona")
        let fields = Self.persona.map { name, value -> (String, String) in
            switch name {
            case "name": (name, "")
            case "personas[0].name": (name, "<Boss>\"\u{301}")
            case "personas[0].conditions[0].subject": (name, "role.nonsense")
            case "personas[0].conditions[0].operator": (name, "between")
            case "personas[0].conditions[0].value": (name, "many, few")
            case "personas[0].conditions[0].weight": (name, "heavy")
            default: (name, value)
            }
        }
        let page = await self.form(visitor, "/scanners/new", fields, action: "save")
        #expect(page.status == 422)
        #expect(page.faults == [])
        #expect(page.element(id: "mistakes")?["role"] == "alert")
        for name in [
            "name", "personas[0].conditions[0].subject", "personas[0].conditions[0].value",
            "personas[0].conditions[0].weight",
        ] {
            let field = try #require(page.field(name), "\(name)")
            #expect(field["aria-invalid"] == "true", "\(name)")
            let described = try #require(field["aria-describedby"])
            #expect(page.element(id: described) != nil)
            #expect(page.elements("a").contains { $0["href"] == "#\(field["id"] ?? "-")" }, "\(name)")
        }
        // Not in the macro: it writes the literal out without its escape.
        let typed = "<Boss>\"\u{301}"
        #expect(page.field("personas[0].name")?["value"] == typed)
        #expect(page.field("personas[0].conditions[0].value")?["value"] == "many, few")
        #expect(page.field("personas[0].conditions[0].weight")?["value"] == "heavy")
        #expect(page.field("personas[0].conditions[0].operator")?["aria-invalid"] == nil)
    }

    @Test(
        arguments: [
            [("kind", "persona")], [("kind", "persona"), ("name", "x"), ("mode", "form")],
            [("kind", "persona"), ("personas[5].name", "x")],
            [("kind", "ideal_customer_profile"), ("rules[0].name", "x")],
            [("kind", "persona"), ("mode", "json"), ("json", "")],
            [("kind", "persona"), ("mode", "json"), ("json", String(repeating: "[", count: 5000))],
            [("kind", "product_usage"), ("weights.positive", "NaN"), ("weights.negative", "1e400"), ("name", "x")],
        ] as [[(String, String)]]
    )
    func absurdFormsAreAnsweredWithTheForm(fields: [(String, String)]) async throws {
        let visitor = try await Site().visitor()
        await visitor.get("/scanners/new?kind=persona")
        let page = await self.form(visitor, "/scanners/new", fields, action: "save")
        #expect(page.status == 422)
        #expect(page.faults == [])
        #expect(page.field("name") != nil)
    }

    @Test func aRowIsAddedAndTakenAwayWithoutSavingAnything() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        await visitor.get("/scanners/new?kind=persona")
        let count = await site.ask("GET", "/v1/scanners")?["items"]?.count
        let added = await self.form(
            visitor,
            "/scanners/new",
            Self.persona,
            action: "add:personas[0].conditions"
        )
        #expect(added.status == 200)
        #expect(added.field("personas[0].conditions[1].subject") != nil)
        #expect(added.field("personas[0].conditions[0].value")?["value"] == "cxo, owner")
        #expect(added.field("name")?["value"] == "Buyers")
        let removed = await self.form(visitor, "/scanners/new", Self.persona, action: "remove:personas[0]")
        #expect(removed.field("personas[0].name") == nil)
        let json = await self.form(visitor, "/scanners/new", Self.persona, action: "json")
        #expect(json.field("json") != nil)
        #expect(json.field("mode")?["value"] == "json")
        #expect(json.text.contains("&quot;cxo&quot;"))
        #expect(json.faults == [])
        #expect(await site.ask("GET", "/v1/scanners")?["items"]?.count == count)
    }

    @Test func jsonThatIsNoneIsKeptAndTheFaultIsShown() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        await visitor.get("/scanners/new?kind=persona")
        let fields = [("kind", "persona"), ("mode", "json"), ("name", "x"), ("json", "{\"personas\": [</textarea>")]
        for action in ["save", "preview", "form"] {
            let page = await self.form(visitor, "/scanners/new", fields, action: action)
            #expect(page.status == (action == "form" ? 200 : 422))
            #expect(page.text.contains("{&quot;personas&quot;: [&lt;/textarea&gt;</textarea>"))
            if action != "form" { #expect(page.text.contains("not JSON")) }
        }
    }

    @Test func thePreviewShowsRealRecordsAndSavesNothing() async throws {
        let site = try Site()
        try await site.take([
            identify("i1", "u1", #"{"email":"ada@example.com","title":"CEO"}"#),
            identify("i2", "u2", #"{"email":"bob@example.com","title":"Recruiter"}"#),
        ])
        let visitor = try await site.visitor()
        let scanner = try await self.scanner(site, "persona")
        let path = "/scanners/\(scanner["id"]?.string ?? "")"
        await visitor.get(path)
        let page = await self.form(visitor, path, Self.persona, action: "preview")
        #expect(page.status == 200)
        #expect(page.faults == [])
        #expect(page.text.contains("What would change"))
        #expect(page.text.contains("ada@example.com"))
        #expect(page.text.contains("<bdi>Executive buyer</bdi></td><td><bdi>Boss</bdi>"))
        #expect(try await self.scanner(site, "persona")["version"]?.int64 == scanner["version"]?.int64)
    }

    @Test func theSecondOfTwoEditorsIsTold() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        let scanner = try await self.scanner(site, "persona")
        let id = scanner["id"]?.string ?? ""
        let page = await visitor.get("/scanners/\(id)")
        let version = try #require(page.field("version")?["value"])
        await site.ask("PATCH", "/v1/scanners/\(id)", #"{"name":"By somebody else"}"#)
        let fields = Self.persona + [("version", version)]
        let conflict = await self.form(visitor, "/scanners/\(id)", fields, action: "save")
        #expect(conflict.status == 409)
        #expect(conflict.text.contains("Somebody else has changed the scanner"))
        #expect(conflict.field("name")?["value"] == "Buyers")
        #expect(conflict.field("version")?["value"] == version)
        #expect(conflict.faults == [])
        #expect(try await self.scanner(site, "persona")["name"]?.string == "By somebody else")
        let over = await self.form(visitor, "/scanners/\(id)", fields, action: "overwrite")
        #expect(over.status == 303)
        #expect(try await self.scanner(site, "persona")["name"]?.string == "Buyers")
    }

    @Test func aScannerIsRunSwitchedAndDeleted() async throws {
        let site = try Site()
        try await site.take([identify("i1", "u1", #"{"title":"CEO"}"#)])
        let visitor = try await site.visitor()
        let id = try await self.scanner(site, "persona")["id"]?.string ?? ""
        await visitor.get("/scanners/\(id)")
        #expect(await visitor.submit("/scanners/\(id)/run", [:]).location == "/scanners/\(id)")
        let running = await visitor.get("/scanners/\(id)")
        #expect(running.tags.contains { $0["data-progress"] == "/scanners/\(id)/progress" })
        #expect(running.text.contains("http-equiv=\"refresh\""))
        let progress = await visitor.get("/scanners/\(id)/progress")
        let state = try JSONParser().parse(Array(progress.text.utf8)).root
        #expect(state["isRunning"]?.bool == true)
        #expect(state["total"]?.int64 == 1)
        try site.engine.settle()
        let over = try JSONParser().parse(Array(await visitor.get("/scanners/\(id)/progress").text.utf8)).root
        #expect(over["isRunning"]?.bool == false)
        #expect(over["done"]?.int64 == 1)

        await visitor.submit("/scanners/\(id)/switch", ["enabled": "false"])
        #expect(try await self.scanner(site, "persona")["enabled"]?.bool == false)
        #expect(await visitor.get("/scanners/\(id)").text.contains("The scanner is switched off."))
        await visitor.submit("/scanners/\(id)/switch", ["enabled": "true"])
        #expect(try await self.scanner(site, "persona")["enabled"]?.bool == true)

        let question = await visitor.get("/scanners/\(id)/delete")
        #expect(question.text.contains("Delete this scanner?"))
        #expect(await visitor.submit("/scanners/\(id)/delete", [:]).location == "/scanners")
        #expect(await visitor.get("/scanners/\(id)").status == 404)
    }

    @Test func asSecondOfAKindThatMayStandOnceItIsRefusedInWords() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        await visitor.get("/scanners/new?kind=role")
        let page = await self.form(
            visitor,
            "/scanners/new",
            [
                ("kind", "role"), ("mode", "form"), ("name", "Second"), ("titleTrait", "job"),
                ("rules[0].words", "boss"), ("rules[0].function", "executive"), ("rules[0].seniority", ""),
            ],
            action: "save"
        )
        #expect(page.status == 409)
        #expect(page.text.contains("There is a scanner of the kind role already"))
        #expect(page.field("titleTrait")?["value"] == "job")
        #expect(page.field("rules[0].words")?["value"] == "boss")
        #expect(page.faults == [])
    }
}
