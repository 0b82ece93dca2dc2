import HydraEngine
import JSON
import TestSupport
import Testing

@testable import HydraScreens

@Suite struct RecordPagesTests {
    /// Texts that would be something else where they are not escaped.
    static let hostile = [
        "</script><script>alert(1)</script>", "\"\u{301} onmouseover=alert(1) x=\"",
        "<\u{200d}img src=x onerror=alert(1)>",
        "\u{202e}gnp.exe", "a\u{0}b", "' autofocus onfocus=alert(1) '", "{{#rows}}{{{q}}}{{/rows}}", "]]>--><!--",
        "`=/ &lt;b&gt; &amp;",
    ]

    private func hostileSite() async throws -> Site {
        let site = try Site()
        // Some of them would be taken for a template's left-overs, and their persons for nobody.
        let ids = Self.hostile.map { json($0) }.joined(separator: ",")
        await site.ask("PATCH", "/v1/settings/identities", #"{"allowed":[\#(ids)]}"#)
        var calls: [String] = []
        for (place, text) in Self.hostile.enumerated() {
            let company = #"{"name":\#(json(text)),"domain":"h\#(place).example","industry":\#(json(text))}"#
            calls.append(
                identify(
                    "i\(place)",
                    text,
                    """
                    {"name":\(json(text)),"email":"u\(place)@h\(place).example","title":\(json(text)),\
                    "company":\(company),\(json(text)):\(json(text))}
                    """
                )
            )
            calls.append(track("t\(place)", text, text, feature: text, flag: "positive"))
        }
        try await site.take(calls)
        await site.ask(
            "POST",
            "/v1/scanners",
            #"{"kind":"product_usage","name":"</title>\#(#"\""#)","takeInPast":true}"#
        )
        try site.engine.settle()
        return site
    }

    private func check(_ page: Page, _ path: String) {
        #expect(page.faults == [], "\(path)")
        #expect(page.elements("script").allSatisfy { $0["src"]?.hasPrefix("/") ?? false }, "\(path)")
        #expect(page.elements("img").isEmpty, "\(path)")
        #expect(!page.text.contains("alert(1)</script>"), "\(path)")
        #expect(!page.text.utf8.contains(0), "\(path)")
        #expect(page.header("Cache-Control") == "no-store", "\(path)")
        let policy = page.header("Content-Security-Policy") ?? ""
        #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "\(path)")
        #expect(page.header("X-Content-Type-Options") == "nosniff", "\(path)")
    }

    @Test func hostileRecordsHarmNoPage() async throws {
        let site = try await self.hostileSite()
        let visitor = try await site.visitor()
        for path in ["/persons", "/companies", "/scanners", "/settings", "/scanners/new"] {
            let page = await visitor.get(path)
            #expect(page.status == 200, "\(path)")
            self.check(page, path)
        }
        for list in ["persons", "companies"] {
            let items = await site.ask("GET", "/v1/\(list)")?["items"]?.elements.compactMap { $0["id"]?.string } ?? []
            #expect(items.count == Self.hostile.count)
            for id in items {
                for query in ["", "?days=all&by=week", "?days=7&by=day"] {
                    let page = await visitor.get("/\(list)/\(id)\(query)")
                    #expect(page.status == 200)
                    self.check(page, "/\(list)/\(id)\(query)")
                }
                if list == "persons" { self.check(await visitor.get("/persons/\(id)/erase"), "erase") }
            }
        }
        let scanners = await site.ask("GET", "/v1/scanners")?["items"]?.elements.compactMap { $0["id"]?.string } ?? []
        #expect(scanners.count == 4)
        for id in scanners {
            for path in ["/scanners/\(id)", "/scanners/\(id)?mode=json", "/scanners/\(id)/delete"] {
                self.check(await visitor.get(path), path)
            }
        }
    }

    @Test(arguments: hostile)
    func hostileQuestionsHarmNoPage(text: String) async throws {
        let visitor = try await Site().visitor()
        let value = Visitor.encode(text)
        for path in [
            "/persons?q=\(value)", "/persons?persona=\(value)", "/persons?company=\(value)", "/persons?sort=\(value)",
            "/persons?cursor=\(value)", "/companies?q=\(value)&label=\(value)", "/persons?role=\(value)",
            "/scanners/new?kind=\(value)",
        ] {
            let page = await visitor.get(path)
            #expect([200, 400].contains(page.status), "\(path)")
            self.check(page, path)
        }
    }

    @Test func namesAreIsolatedFromTheTextAroundThem() async throws {
        let site = try await self.hostileSite()
        let page = try await site.visitor().get("/persons")
        #expect(page.text.contains("<bdi>\u{202e}gnp.exe</bdi>"))
        // What looks like a template is shown as it is.
        #expect(page.text.contains("<bdi>{{#rows}}{{{q}}}{{/rows}}</bdi>"))
    }

    @Test func aPersonsPageShowsAllThatIsKnown() async throws {
        let site = try Site()
        try await site.take([
            identify(
                "i1",
                "u1",
                """
                {"email":"john.doe@example.com","firstName":"John","lastName":"Doe","title":"VP of Engineering",\
                "company":{"name":"Acme","domain":"acme.example","employees":120},"plan":"pro"}
                """
            ),
            track("t1", "u1", "Device deploy started", feature: "Device management", flag: "positive"),
            track("t2", "u1", "Search done", feature: "Search", flag: "negative"),
        ])
        let visitor = try await site.visitor()
        let id = try await site.id("/v1/persons")
        let before = await visitor.get("/persons/\(id)")
        #expect(before.text.contains("There is no product usage scanner yet"))
        #expect(
            before.text.contains("href=\"/scanners/new?kind&#61;product_usage\"")
                || before.text.contains("/scanners/new?kind=product_usage")
        )
        await site.ask("POST", "/v1/scanners", #"{"kind":"product_usage","name":"Use","takeInPast":true}"#)
        try site.engine.settle()
        let page = await visitor.get("/persons/\(id)")
        for text in [
            "John Doe", "VP of Engineering", "Acme", "john.doe@example.com", "Engineering, VP", "Engineering leader",
            "company.employees", "<bdi>pro</bdi>", "Device management", "Device deploy started", "Top features",
            "Usage trend", "email.kind", "Confidence", "means",
        ] {
            #expect(page.text.contains(text), "\(text)")
        }
        #expect(page.elements("canvas").count == 2)
        #expect(page.elements("canvas").allSatisfy { $0["role"] == "img" && $0["aria-label"] != nil })
        #expect(page.elements("tr").filter { $0.attributes.keys.contains("data-drawn") }.count == 2 + 30)
        // Of each feature and each of 30 days: positive, neutral, negative.
        #expect(page.elements("td").compactMap { $0["data-value"] }.count == 3 * (2 + 30))
        #expect(page.elements("time").allSatisfy { $0["datetime"] != nil })
        #expect(page.faults == [])
    }

    @Test func theTimelineIsPagedWithoutRepeatingAnything() async throws {
        let site = try Site()
        try await site.take((0..<45).map { track("t\($0)", "u1", "event-\($0)-", feature: "F") })
        let visitor = try await site.visitor()
        var target: String? = "/persons/\(try await site.id("/v1/persons"))"
        var seen: [String] = []
        var pages = 0
        while let next = target {
            let page = await visitor.get(next)
            seen += page.text.matches(of: /event-(\d+)-/).map { String($0.1) }
            target = page.elements("a").first { $0["rel"] == "next" }?["href"]
                .map { String($0.split(separator: "#")[0]) }
            pages += 1
            #expect(pages < 10)
            guard pages < 10 else { break }
        }
        #expect(pages == 3)
        #expect(seen.count == 45)
        #expect(Set(seen).count == 45)
    }

    @Test func listsAreSearchedFilteredAndPaged() async throws {
        let site = try Site()
        try await site.take(
            (0..<70).map {
                identify(
                    "i\($0)",
                    "u\($0)",
                    #"{"name":"Person \#($0)","title":"\#($0 % 2 == 0 ? "Engineer" : "Recruiter")"}"#
                )
            }
        )
        let visitor = try await site.visitor()
        let first = await visitor.get("/persons?role=engineering")
        #expect(first.text.matches(of: /href="\/persons\/p_/).count == 35)
        #expect(
            first.elements("option").contains {
                $0["value"] == "engineering" && $0.attributes.keys.contains("selected")
            }
        )
        let all = await visitor.get("/persons")
        #expect(all.text.matches(of: /href="\/persons\/p_/).count == 50)
        let next = try #require(all.elements("a").first { $0["rel"] == "next" }?["href"])
        let second = await visitor.get(next)
        #expect(second.text.matches(of: /href="\/persons\/p_/).count == 20)
        #expect(second.elements("a").first { $0["rel"] == "next" } == nil)
        let found = await visitor.get("/persons?q=person+17")
        #expect(found.text.matches(of: /href="\/persons\/p_/).count == 1)
        #expect(found.field("q")?["value"] == "person 17")
        #expect(await visitor.get("/persons?q=nobody-at-all").text.contains("Nobody is like that."))
        let persona = await visitor.get("/persons?persona=\(Visitor.encode(PersonsQuery.withoutPersona))")
        #expect(persona.status == 200)
        for page in [first, all, second, found, persona] { #expect(page.faults == []) }
    }

    @Test(arguments: [
        "/persons/p_nobody", "/companies/c_none", "/scanners/s_none", "/persons/p_x/erase", "/settings/keys/k_x/revoke",
        "/settings/keys/k_x/rotate", "/scanners/s_x/delete",
    ])
    func whatIsNotThereHasAPageThatSaysSo(path: String) async throws {
        let visitor = try await Site().visitor()
        let page = await visitor.get(path)
        #expect(page.status == 404)
        #expect(page.text.contains("There is no such"))
        #expect(page.text.contains("Sign out"))
        #expect(page.faults == [])
    }

    /// Only the largest companies stand in the list; one that was chosen stands there with its name all the same.
    @Test func theChosenCompanyIsNamedInItsFilter() async throws {
        let site = try Site()
        try await site.take(
            (0..<130).map {
                identify("i\($0)", "u\($0)", #"{"company":{"name":"Company \#($0)","domain":"c\#($0).example"}}"#)
            }
        )
        let visitor = try await site.visitor()
        for domain in ["c0.example", "c129.example"] {
            let id = try await site.id("/v1/companies?domain=\(domain)")
            let page = await visitor.get("/persons?company=\(id)")
            let chosen = page.elements("option").first { $0["value"] == id }
            #expect(chosen?.attributes.keys.contains("selected") == true)
            #expect(page.text.contains("selected>Company \(domain.dropFirst().prefix { $0 != "." })</option>"))
            #expect(page.text.matches(of: /href="\/persons\/p_/).count == 1)
        }
    }

    @Test func longHistoriesAndLargeEventsMakePagesOfABoundedSize() async throws {
        let site = try Site()
        await site.ask("POST", "/v1/scanners", #"{"kind":"product_usage","name":"Use"}"#)
        let large = String(repeating: "long ", count: 40_000)
        let many = (0..<5_000).map { #""p\#($0)":{"q":{"r":{"s":{"t":1}}}}"# }.joined(separator: ",")
        try await site.take([
            track("t1", "u1", "Old", feature: "F", at: "2017-01-01T00:00:00.000Z"),
            track("t2", "u1", "Large", properties: #"{"feature":"F","text":\#(json(large)),"list":[\#(json(large))]}"#),
            track("t3", "u1", "Many", properties: "{\(many)}"),
            track("t4", "u1", "Now", feature: "F", at: "2026-11-24T00:00:00.000Z"),
        ])
        let visitor = try await site.visitor()
        let id = try await site.id("/v1/persons")
        let page = await visitor.get("/persons/\(id)?days=all&by=day")
        #expect(page.status == 200)
        #expect(page.text.utf8.count < 500_000)
        #expect(page.text.contains("The newest 400 are shown."))
        #expect(page.elements("time").filter { $0["datetime"] == "2026-11-24" }.count == 1)
        #expect(page.faults == [])
    }

    /// Bytes that no page expects, from a generator that makes the same ones each time.
    @Test func whateverIsAskedIsAnsweredWithAPage() async throws {
        let visitor = try await Site().visitor()
        await visitor.get("/persons")
        let token = visitor.last?.token ?? ""
        var state: UInt64 = 42
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let parts = [
            "/", "persons", "companies", "scanners", "settings", "keys", "new", "erase", "run", "p_1", "%00", "%", "?",
            "=",
            "&", "cursor", "days", "all", "q", "sort", "\u{301}", "..", "rules[0].name",
            "personas[0].conditions[0].subject",
            "action", "add:personas[0]", "kind", "persona", "form_token", token, "mode", "json", "{\"rules\":[",
            "1e999",
        ]
        for _ in 0..<400 {
            let text = { (0..<next(12)).map { _ in parts[next(parts.count)] }.joined() }
            let body = Array((text() + "&form_token=\(token)").utf8)
            let isPost = next(2) == 0
            let page = await visitor.send(
                isPost ? "POST" : "GET",
                "/" + text(),
                [:],
                body: isPost ? body : [],
                contentType: "application/x-www-form-urlencoded"
            )
            #expect([200, 303, 400, 403, 404, 405, 409, 413, 422, 429].contains(page.status))
            if page.status != 303, page.header("Content-Type")?.hasPrefix("text/html") == true {
                #expect(page.faults == [])
            }
            // Signing out is one of the things that can be asked.
            if visitor.cookies["__Host-hydra"] == nil { break }
        }
    }

    @Test func unknownPathsAndMethodsHavePagesToo() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        #expect(await visitor.get("/nothing").status == 404)
        #expect(await Visitor(site).get("/nothing").status == 404)
        let put = await visitor.get("/persons", method: "PUT")
        #expect(put.status == 405)
        #expect(put.header("Allow") == "GET, HEAD")
        #expect(await visitor.get("/persons", method: "HEAD").status == 200)
        #expect(await visitor.get("/persons?q=%zz").status == 400)
        #expect(await visitor.get("/persons?q=\(String(repeating: "a", count: 9000))").status == 400)
        let type = await visitor.post("/sign-out", [("a", "b")], contentType: "text/plain")
        #expect(type.status == 400)
        let large = await visitor.post("/sign-out", [("a", String(repeating: "a", count: ScreenLimits.formBytes))])
        #expect(large.status == 413)
    }

    @Test func erasingAsksFirstAndForgetsThen() async throws {
        let site = try Site()
        try await site.take([identify("i1", "u1", #"{"name":"Ada Lovelace"}"#)])
        let id = try await site.id("/v1/persons")
        let visitor = try await site.visitor()
        let question = await visitor.get("/persons/\(id)/erase")
        #expect(question.text.contains("Ada Lovelace"))
        #expect(await visitor.get("/persons/\(id)").status == 200)
        let done = await visitor.submit("/persons/\(id)/erase", [:])
        #expect(done.location == "/persons")
        let list = await visitor.get("/persons")
        #expect(list.text.contains("The person was erased."))
        #expect(!list.text.contains("Ada"))
        #expect(await !visitor.get("/persons").text.contains("The person was erased."))
        #expect(await visitor.get("/persons/\(id)").status == 404)
    }

    @Test func anEmptySystemLeadsToTheFirstChart() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        let empty = await visitor.get("/persons")
        #expect(empty.text.contains("Three steps to the first chart"))
        #expect(
            empty.elements("a").contains {
                $0["href"] == "/settings#connect" && ($0["class"] ?? "").contains("primary")
            }
        )
        #expect(empty.faults == [])
        #expect(empty.field("q") == nil)
        try await site.take([track("t1", "u1", "Opened", feature: "F")])
        let half = await visitor.get("/persons")
        #expect(half.text.contains("✓ done"))
        #expect(
            half.elements("a").contains {
                $0["href"] == "/scanners/new?kind=product_usage" && ($0["class"] ?? "").contains("primary")
            }
        )
        await site.ask("POST", "/v1/scanners", #"{"kind":"product_usage","name":"Use","takeInPast":true}"#)
        #expect(await !visitor.get("/persons").text.contains("Three steps"))
    }

    /// With the account's first labels the page is there; until then it says why not.
    @Test func insightsOverEverybodyHaveAPage() async throws {
        let page = try await Site().visitor().get("/insights")
        #expect([200, 404].contains(page.status))
        #expect(page.text.contains("nsights over everybody"))
        #expect(page.faults == [])
    }

    @Test func assetsAreKeptForEverUnderTheirHash() async throws {
        let visitor = Visitor(try Site())
        let page = await visitor.get("/sign-in")
        let style = try #require(page.elements("link").compactMap { $0["href"] }.first { $0.hasPrefix("/assets/app") })
        #expect(style.wholeMatch(of: /\/assets\/app\.[0-9a-f]{16}\.css/) != nil)
        let answer = await visitor.get(style)
        #expect(answer.status == 200)
        #expect(answer.header("Cache-Control") == "public, max-age=31536000, immutable")
        #expect(answer.header("Content-Type") == "text/css; charset=utf-8")
        #expect(await visitor.get("/assets/app.0000000000000000.css").status == 404)
    }
}
