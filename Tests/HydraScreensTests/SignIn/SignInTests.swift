import HydraEngine
import TestSupport
import Testing

@testable import HydraScreens

@Suite struct SignInTests {
    @Test func withoutASessionEveryPageLeadsToTheFormAndBack() async throws {
        let visitor = Visitor(try Site())
        for path in [
            "/", "/persons", "/persons/p_1", "/companies", "/scanners", "/scanners/s_1", "/settings", "/scanners/new",
            "/scanners/s_1/progress",
        ] {
            let page = await visitor.get(path)
            #expect(page.status == 303)
            let next = path == "/" ? "/sign-in" : LocalURL.make("/sign-in", ["next": path])
            #expect(page.location == next)
        }
        #expect(await visitor.get("/persons?q=a%20b").location == "/sign-in?next=%2Fpersons%3Fq%3Da%2520b")
        #expect(await visitor.post("/scanners/new", [("a", "b")]).location == "/sign-in?next=%2Fscanners%2Fnew")
        #expect(await visitor.post("/sign-out", [("a", "b")]).location == "/sign-in")
    }

    @Test func thePasswordOpensASessionAndLeadsBack() async throws {
        let visitor = Visitor(try Site())
        let form = await visitor.get("/sign-in?next=%2Fsettings")
        #expect(form.status == 200)
        #expect(form.faults == [])
        #expect(form.field("password")?["autocomplete"] == "current-password")
        let page = await visitor.submit("/sign-in", ["password": Site.password, "next": "/settings"])
        #expect(page.status == 303)
        #expect(page.location == "/settings")
        let cookie = try #require(visitor.cookies["__Host-hydra"])
        #expect(cookie.count == 52)
        #expect(await visitor.get("/settings").status == 200)
        #expect(await visitor.get("/sign-in?next=%2Fcompanies").location == "/companies")
    }

    @Test func whoIsSignedInIsToldToTheWebServer() async throws {
        #expect(Screens.owns(path: "/-/session"))
        #expect(!Screens.owns(path: "/-/ready"))
        let site = try Site()
        #expect(await Visitor(site).get("/-/session").status == 401)
        let visitor = try await site.visitor()
        #expect(await visitor.get("/-/session").status == 204)
        #expect(await visitor.post("/-/session", []).status == 405)
        // Eleven hours of being asked about are eleven hours without use.
        site.clock.advance(seconds: 11 * 3600)
        #expect(await visitor.get("/-/session").status == 204)
        site.clock.advance(seconds: 2 * 3600)
        #expect(await visitor.get("/-/session").status == 401)
        #expect(await visitor.get("/persons").status == 303)
    }

    @Test(arguments: ["wrong password!", "", "correct horse batterz", String(repeating: "x", count: 5_000)])
    func anotherPasswordOpensNothing(password: String) async throws {
        let visitor = Visitor(try Site())
        await visitor.get("/sign-in")
        let page = await visitor.submit("/sign-in", ["password": password])
        #expect(page.status == 403)
        #expect(page.text.contains("This is not the password."))
        #expect(page.faults == [])
        #expect(visitor.cookies["__Host-hydra"] == nil)
        #expect(!page.text.contains(password) || password.isEmpty)
    }

    @Test(arguments: ["https://evil.example/", "//evil.example", "/\\evil.example", "/sign-out"])
    func afterwardsNoOtherSiteIsGoneTo(next: String) async throws {
        let visitor = Visitor(try Site())
        await visitor.get("/sign-in")
        let page = await visitor.submit("/sign-in", ["password": Site.password, "next": next])
        #expect(page.location == "/persons")
    }

    @Test func aFormFromElsewhereIsRefused() async throws {
        let site = try Site()
        let visitor = Visitor(site)
        await visitor.get("/sign-in")
        for other in ["cross-site", "same-site", "", "same-origin "] {
            visitor.fetchSite = other
            #expect(await visitor.submit("/sign-in", ["password": Site.password]).status == 403)
        }
        visitor.fetchSite = nil
        for other in [
            "https://evil.example", "null", "http://hydra.example.com", "https://hydra.example.com.evil.example",
        ] {
            visitor.origin = other
            #expect(await visitor.submit("/sign-in", ["password": Site.password]).status == 403)
        }
        visitor.origin = "https://hydra.example.com"
        #expect(await visitor.submit("/sign-in", ["password": Site.password]).status == 303)
    }

    @Test func aFormWithoutItsTokenOrItsCookieIsRefused() async throws {
        let visitor = Visitor(try Site())
        await visitor.get("/sign-in")
        #expect(await visitor.post("/sign-in", [("password", Site.password)]).status == 403)
        let token = try #require(visitor.last?.token)
        visitor.cookies = [:]
        #expect(await visitor.post("/sign-in", [("password", Site.password), ("form_token", token)]).status == 403)
        #expect(visitor.cookies["__Host-hydra"] == nil)
    }

    @Test func everyFormInsideNeedsTheSessionsToken() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        let scanner = try await site.id("/v1/scanners")
        for path in [
            "/sign-out", "/account", "/scanners/new", "/scanners/\(scanner)", "/scanners/\(scanner)/run",
            "/scanners/\(scanner)/switch", "/scanners/\(scanner)/delete", "/settings/keys", "/settings/password",
            "/settings/sourcing",
        ] {
            let page = await visitor.post(path, [("name", "x"), ("kind", "persona")])
            #expect(page.status == 403, "\(path)")
            #expect(page.text.contains("out of date"))
        }
        let other = try await site.visitor()
        await other.get("/settings")
        let stolen = try #require(other.last?.token)
        #expect(await visitor.post("/settings/keys", [("name", "x"), ("form_token", stolen)]).status == 403)
    }

    @Test func afterSomeAttemptsOneHasToWaitAndIsToldHowLong() async throws {
        let site = try Site()
        let visitor = Visitor(site)
        await visitor.get("/sign-in")
        for _ in 0..<AttemptLimiter.free {
            #expect(await visitor.submit("/sign-in", ["password": "wrong password"]).status == 403)
        }
        let page = await visitor.submit("/sign-in", ["password": Site.password])
        #expect(page.status == 429)
        #expect(page.header("Retry-After") == "1")
        #expect(page.text.contains("Try again in 1 second, at "))
        #expect(page.faults == [])
        let elsewhere = Visitor(site)
        elsewhere.address = "198.51.100.9"
        await elsewhere.get("/sign-in")
        #expect(await elsewhere.submit("/sign-in", ["password": Site.password]).status == 303)
        site.clock.advance(seconds: 1)
        #expect(await visitor.submit("/sign-in", ["password": Site.password]).status == 303)
    }

    @Test func signingOutEndsTheSessionNotOnlyTheCookie() async throws {
        let visitor = try await Site().visitor()
        await visitor.get("/persons")
        let cookie = visitor.cookies["__Host-hydra"]
        let page = await visitor.submit("/sign-out", [:])
        #expect(page.location == "/sign-in")
        #expect(visitor.cookies["__Host-hydra"] == nil)
        visitor.cookies["__Host-hydra"] = cookie
        #expect(await visitor.get("/persons").status == 303)
    }

    @Test func aSessionEndsWhenItIsIdleOrOld() async throws {
        let site = try Site()
        let idle = try await site.visitor()
        let busy = try await site.visitor()
        for _ in 0..<14 {
            site.clock.advance(seconds: 11 * 3600)
            #expect(await busy.get("/persons").status == 200)
        }
        #expect(await idle.get("/persons").status == 303)
        // 14 × 11 h are 6.4 days; with 15 more hours in two steps it is over, however busy.
        site.clock.advance(seconds: 10 * 3600)
        #expect(await busy.get("/persons").status == 200)
        site.clock.advance(seconds: 5 * 3600)
        #expect(await busy.get("/persons").status == 303)
    }

    @Test func aRestartKeepsSessions() async throws {
        let first = try Site()
        let visitor = try await first.visitor()
        let cookies = visitor.cookies
        first.engine.close()
        let second = try Site(reopening: first.directory)
        let again = Visitor(second)
        again.cookies = cookies
        #expect(await again.get("/persons").status == 200)
    }

    @Test func onlyHashesOfTokensAndPasswordAreOnDisk() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        let token = try #require(visitor.cookies["__Host-hydra"])
        site.engine.close()
        let bytes = try ["hydra.sqlite", "hydra.sqlite-wal"].flatMap { name in
            try site.directory.bytes(name)
        }
        #expect(bytes.count > 10_000)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains(Site.password))
        #expect(!text.contains(token))
        #expect(text.contains("scrypt$"))
    }

    @Test func nothingSecretIsToldToTheLog() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        await visitor.get("/persons?q=secret")
        let lines = site.log.requests.map { "\($0)" }.joined()
        #expect(lines.contains("page_sign_in"))
        #expect(lines.contains("page_persons"))
        for secret in [Site.password, "q=secret", visitor.cookies["__Host-hydra"] ?? "-"] {
            #expect(!lines.contains(secret))
        }
    }

    @Test func changingThePasswordEndsAllSessions() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        let other = try await site.visitor()
        await visitor.get("/settings")
        let new = "another long password"
        let wrong = await visitor.submit("/settings/password", ["current": "not this one", "new": new, "again": new])
        #expect(wrong.location == "/settings#password")
        #expect(await visitor.get("/settings").text.contains("The current password was not right."))
        let differs = await visitor.submit("/settings/password", ["current": Site.password, "new": new, "again": "x"])
        #expect(differs.location == "/settings#password")
        #expect(await visitor.get("/settings").text.contains("The two new passwords differ."))
        _ = await visitor.submit("/settings/password", ["current": Site.password, "new": "short", "again": "short"])
        #expect(await visitor.get("/settings").text.contains("12 to 1000 characters"))
        let done = await visitor.submit("/settings/password", ["current": Site.password, "new": new, "again": new])
        #expect(done.location == "/sign-in?changed")
        #expect(await visitor.get("/sign-in?changed").text.contains("The password was changed."))
        #expect(await visitor.get("/persons").status == 303)
        #expect(await other.get("/persons").status == 303)
        await other.get("/sign-in")
        #expect(await other.submit("/sign-in", ["password": Site.password]).status == 403)
        #expect(await other.submit("/sign-in", ["password": new]).status == 303)
    }

    @Test func withoutAPasswordTheFormSaysHowToMakeOne() async throws {
        let site = try Site(isWithoutPassword: true)
        let visitor = Visitor(site)
        #expect(await visitor.get("/sign-in").text.contains("hydra password --data"))
        #expect(await visitor.submit("/sign-in", ["password": ""]).status == 403)
        let administrator = AdministratorPassword(store: ScreenStore(engine: site.engine), cost: Site.cost)
        #expect(throws: AdministratorPassword.Problem.length) { try administrator.set("short", replacing: false) }
        #expect(try administrator.set(Site.password, replacing: false))
        #expect(try !administrator.set("a different password", replacing: false))
        #expect(await visitor.submit("/sign-in", ["password": Site.password]).status == 303)
    }

    @Test func withSeveralAccountsOnePicksWhoseRecordsAreShown() async throws {
        let site = try Site()
        try await site.take([identify("m1", "u1", #"{"name":"Ada"}"#)])
        let visitor = try await site.visitor()
        #expect(await visitor.get("/persons").element(id: "account") == nil)
        _ = try Site.makeKey(site.directory, account: "second")
        let page = await visitor.get("/persons")
        #expect(page.element(id: "account") != nil)
        #expect(page.faults == [])
        #expect(page.text.contains("Ada"))
        #expect(await visitor.submit("/account", ["account": "second"]).location == "/persons")
        #expect(await !visitor.get("/persons").text.contains("Ada"))
        #expect(await visitor.submit("/account", ["account": "third"]).location == "/persons")
        #expect(await visitor.get("/persons").text.contains("There is no such account."))
        #expect(await visitor.submit("/account", ["account": "default"]).status == 303)
        #expect(await visitor.get("/persons").text.contains("Ada"))
    }
}
