import HydraEngine
import JSON
import TestSupport
import Testing

@testable import HydraScreens

@Suite struct SettingsPagesTests {
    @Test func aNewKeyIsShownOnceAndWorks() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        await visitor.get("/settings")
        #expect(await visitor.submit("/settings/keys", ["name": "Gateway 2"]).location == "/settings")
        let shown = await visitor.get("/settings")
        let key = try #require(shown.element(id: "new-key")?["value"])
        #expect(key.hasPrefix("hk_"))
        #expect(shown.faults == [])
        let request = APIRequest(
            method: "GET",
            path: "/v1/persons",
            authorization: "Basic " + base64("\(key):"),
            requestID: "t"
        )
        let status = await withCheckedContinuation { continuation in
            site.api.answer(request) { continuation.resume(returning: $0.status) }
        }
        #expect(status == 200)
        let again = await visitor.get("/settings")
        #expect(again.element(id: "new-key") == nil)
        #expect(!again.text.contains(key))
        #expect(again.text.contains("hk_…\(key.suffix(4))"))
        #expect(again.text.contains("Gateway 2"))
    }

    @Test(arguments: ["", "   ", "a\u{7}b", String(repeating: "x", count: 101)])
    func aNameThatIsNoneIsRefusedAtItsField(name: String) async throws {
        let visitor = try await Site().visitor()
        await visitor.get("/settings")
        let page = await visitor.submit("/settings/keys", ["name": name])
        #expect(page.status == 422)
        #expect(page.field("name")?["aria-invalid"] == "true")
        #expect(page.faults == [])
    }

    @Test func aKeyIsRotatedWithGraceAndRevoked() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        let id = try await site.id("/v1/settings/keys")
        let form = await visitor.get("/settings/keys/\(id)/rotate")
        #expect(form.faults == [])
        #expect(form.elements("option").first { $0.attributes.keys.contains("selected") }?["value"] == "86400")
        await visitor.submit("/settings/keys/\(id)/rotate", ["grace": "999"])
        #expect(await visitor.get("/settings").text.contains("Choose how long"))
        #expect(await visitor.submit("/settings/keys/\(id)/rotate", ["grace": "3600"]).location == "/settings")
        let shown = await visitor.get("/settings")
        #expect(shown.element(id: "new-key") != nil)
        #expect(shown.text.contains("◐ Until"))
        let question = await visitor.get("/settings/keys/\(id)/revoke")
        #expect(question.text.contains("Revoke this key?"))
        await visitor.submit("/settings/keys/\(id)/revoke", [:])
        // Keys end by the real clock, which goes on while the visitor's stands.
        site.clock.advance(seconds: 600)
        let after = await visitor.get("/settings")
        #expect(after.text.contains("The key was revoked."))
        #expect(after.text.contains("○ Ended"))
    }

    @Test func theLastKeyStays() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        let id = try await site.id("/v1/settings/keys")
        await visitor.get("/settings/keys/\(id)/revoke")
        await visitor.submit("/settings/keys/\(id)/revoke", [:])
        #expect(await visitor.get("/settings").text.contains("last key"))
    }

    @Test func snippetsNameTheHostThatWasAskedFor() async throws {
        let visitor = try await Site().visitor()
        let page = await visitor.get("/settings")
        for text in [
            "https://hydra.example.com/v1/identify", "analytics.host &#61; &quot;https://hydra.example.com&quot;",
            "hydra.example.com/v1/partner/SOURCE", "YOUR_WRITE_KEY", "@segment/analytics-node", "cdnHost",
        ] {
            #expect(page.text.contains(text), "\(text)")
        }
        #expect(page.elements("button").filter { $0["data-copy"]?.hasPrefix("#snippet-") ?? false }.count == 7)
    }

    @Test func sourcesShowWhatTheySent() async throws {
        let site = try Site()
        let visitor = try await site.visitor()
        #expect(await visitor.get("/settings").text.contains("None has sent yet."))
        try await site.take([identify("i1", "u1", "{}"), track("t1", "u1", "A"), track("t2", "u1", "B")])
        let page = await visitor.get("/settings")
        #expect(page.text.contains("<bdi>web</bdi>"))
        #expect(page.text.contains("<span title=\"2\">2</span>"))
    }

    /// The card is there where network sourcing is, and shows what is switched on.
    @Test func networkSourcingIsSwitchedByTwoBoxes() throws {
        let fields: Fields = [
            "formToken": "t", "assets": Assets().addresses, "sourcing": ["dns": true, "homePage": false] as Fields,
        ]
        let page = Page(.page(200, try TemplateLibrary().render("settings", fields)))
        #expect(page.field("dns")?.attributes.keys.contains("checked") == true)
        #expect(page.field("homePage")?.attributes.keys.contains("checked") == false)
        #expect(page.faults == [])
        let without = Page(.page(200, try TemplateLibrary().render("settings", ["formToken": "t"])))
        #expect(without.field("dns") == nil)
    }

    @Test func changingNetworkSourcingIsAnsweredInWords() async throws {
        let visitor = try await Site().visitor()
        await visitor.get("/settings")
        #expect(await visitor.submit("/settings/sourcing", ["dns": "true"]).location == "/settings")
        let page = await visitor.get("/settings")
        #expect(page.elements("div").contains { ["status", "alert"].contains($0["role"] ?? "") })
    }
}
