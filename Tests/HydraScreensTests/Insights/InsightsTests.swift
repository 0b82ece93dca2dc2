import HydraEngine
import JSON
import Testing

@testable import HydraScreens

@Suite struct InsightsTests {
    private let now = Instant(milliseconds: 1_795_600_000_000)

    private static let answer = #"""
        {"items":[{"kind":"power_user","label":"Power user of <b>\"\u0301","features":["Device management"],
        "since":"2026-10-29","text":"Uses it more than others & often.","evidence":{"counts":[{"name":"uses","value":1200},
        {"name":"activeDays","value":7.25}],"comparison":{"group":"other users of the feature","size":88,"value":19.3},
        "effect":{"measure":"ratio of rates","value":6.2,"low":5.1,"high":null},"confidence":0.95,"probability":1e-9,
        "adjusted":2e-7,"tests":1234,"falseDiscoveryRate":0.05}},
        {"kind":"spread","label":"Spread","features":[],"since":null,"text":null,"evidence":{"counts":[],
        "comparison":null,"effect":null,"confidence":null}}],
        "missing":[{"kind":"adopts_after","have":12,"need":25,"what":"persons","text":"More persons are needed."},
        {"kind":"rising","have":0,"need":0,"what":"","text":"Two periods are needed."}],
        "asOf":"2026-11-24","minedAt":"2026-11-24T20:00:00.000Z","persons":2000,"message":null,"nextCursor":null}
        """#

    private func render(_ text: String, status: Int = 200) throws -> String {
        let root = try JSONParser().parse(Array(text.utf8)).root
        let fields = Insights(reply: APIReply(status: status, root: root), now: self.now).fields
        return try TemplateLibrary().render("insights", fields ?? ["isNothing": true])
    }

    @Test func labelsHaveTheirEvidence() throws {
        let text = try self.render(Self.answer).replacing("\u{202f}", with: " ")
        for part in [
            "Power user of &lt;b&gt;&quot", "since 29 Oct 2026", "Uses it more than others &amp; often.",
            "<dt>Uses</dt><dd>1 200</dd>", "<dt>Active days</dt><dd>7.25</dd>",
            "<dt>Other users of the feature (88)</dt>",
            "<dd>19.3</dd>", "6.2 <span class=\"quiet\">(5.1 to no bound, 95 % confidence)", "2 × 10⁻⁷",
            "after 1 234 tests",
            "of all labels at most 5 % may be false", "among 2 000 persons", "does not mean caused", "label-power_user",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(text.matches(of: /<details class="pattern">/).count == 2)
    }

    @Test func whatIsMissingIsSaidWithHowMuchThereIs() throws {
        let text = try self.render(Self.answer)
        #expect(text.contains("More persons are needed."))
        #expect(text.contains("<progress max=\"25.0\" value=\"12.0\" aria-label=\"12 of 25\">"))
        #expect(text.matches(of: /<progress/).count == 1)
        #expect(!text.contains("<details class=\"missing\" open>"))
        let empty = try self.render(
            #"{"items":[],"missing":[{"kind":"rising","have":1,"need":2,"text":"t"}],"message":"Too early."}"#
        )
        #expect(empty.contains("<details class=\"missing\" open>"))
        #expect(empty.contains("Too early."))
    }

    @Test func nothingFoundAndNothingMissingIsSaidToo() throws {
        #expect(try self.render(#"{"items":[],"missing":[],"message":null}"#).contains("Nothing stands out."))
    }

    @Test func withoutPatternsThereIsNoWidget() throws {
        let missing = APIReply(status: 404, root: nil)
        #expect(Insights(reply: missing, now: self.now).fields == nil)
        #expect(try self.render(#"{"code":"x","message":"Broken."}"#, status: 500).contains("Broken."))
    }

    @Test func aRowShowsTrendUseAndLabels() throws {
        let person = try JSONParser().parse(
            Array(
                #"""
                {"id":"p_1","userId":"u","anonymousIds":[],"name":null,"email":"a@b.example","company":null,"role":null,
                "persona":null,"lastSeenAt":"2026-11-24T20:00:00.000Z","trend":"falling","uses30":12345,
                "labels":[{"kind":"struggling","label":"Struggling with <x>"}]}
                """#.utf8
            )
        ).root
        let row = RecordFields.personRow(person, now: self.now)
        // What stands around a row must not show up in it where the row has none.
        let outside: Fields = [
            "rows": [row], "title": "OUTSIDE", "company": ["path": "/OUTSIDE", "name": "OUTSIDE"] as Fields,
            "persona": "OUTSIDE", "role": "OUTSIDE", "showsCompany": true,
        ]
        let text = try TemplateLibrary().render("personrows", outside)
        #expect(text.contains("▼"))
        #expect(text.contains("Falling"))
        #expect(text.contains("<span title=\"12\u{202f}345\">12\u{202f}k</span>"))
        #expect(text.contains("label-struggling"))
        #expect(text.contains("Struggling with &lt;x&gt;"))
        #expect(text.contains("a@b.example"))
        #expect(!text.contains("OUTSIDE"))
    }
}
