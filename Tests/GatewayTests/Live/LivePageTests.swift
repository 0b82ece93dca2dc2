import Hydra
import JSON
import Segment
import Spool
import Telemetry
import Testing

@testable import Gateway

@Suite struct LivePageTests {
    private static let now: Int64 = 1_700_000_100_000

    private func report(
        entries: [JournalEntry] = [],
        spool: SpoolStatistics = SpoolStatistics(),
        dead: DeadOverview = DeadOverview(),
        configured: [String] = ["web"],
        filter: LiveFilter = LiveFilter()
    ) throws -> LiveReport {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("second", Self.now / 1_000)
        writer.endObject()
        let empty = try #require(
            LiveFeed(LiveFile(name: "one", writtenAt: Self.now, json: writer.bytes), parser: JSONParser())
        )
        return LiveReport(
            feeds: [empty.with(entries)],
            status: StatusReport(spool: spool, snapshots: [], configured: configured, at: Self.now),
            queue: nil,
            dead: dead,
            filter: filter
        )
    }

    private func page(_ report: LiveReport, _ facts: LiveReport.PageFacts = .init()) throws -> String {
        try PageTemplates().page(report.page(facts))
    }

    private func letter(_ id: Int64, code: String = "invalid_call", answer: String = "no") -> DeadLetter {
        DeadLetter(
            call: StoredCall(
                id: id,
                source: "web",
                kind: 2,
                lane: 1,
                messageId: "m-\(id)",
                traceId: "trace",
                receivedAt: Self.now,
                body: Array("secret-payload".utf8)
            ),
            reason: DeadReason(
                code: code,
                status: 400,
                message: "The destination refused it for good.",
                answer: answer,
                attempts: 1,
                at: Self.now
            )
        )
    }

    // MARK: Templates

    @Test func everyTemplateNamesTheEscapingThatGoesByScalars() {
        #expect(PageTemplates.texts.count == 2)
        for (name, text) in PageTemplates.texts {
            #expect(text.hasPrefix("{{% CONTENT_TYPE:\(PageEscaping.name)}}"), "\(name)")
            #expect(!text.contains("{{{"), "\(name) has an unescaped value")
            #expect(!text.contains("{{&"), "\(name) has an unescaped value")
        }
    }

    @Test func nothingOnThePageNeedsWhatItsPolicyForbids() throws {
        let text = try self.page(self.report())
        for word in ["style=", "<style", "onclick", "onload", "javascript:", "http://", "https://"] {
            #expect(!text.contains(word), "\(word)")
        }
        #expect(text.contains(PageAsset.styles.path))
        #expect(text.contains(PageAsset.script.path))
    }

    @Test(arguments: ["\u{0301}", "\u{200d}", ""])
    func foreignTextStaysText(mark: String) throws {
        let hostile = "<\(mark)script>\"\(mark)'\(mark)&"
        var entry = JournalEntry(
            at: Self.now,
            receivedAt: Self.now,
            source: hostile,
            traceId: "t",
            messageId: hostile,
            type: .track,
            stage: .rejected
        )
        entry.code = hostile
        var dead = DeadOverview()
        dead.count = 1
        dead.reasons = [(code: hostile, count: 1)]
        dead.newest = [self.letter(1, code: hostile, answer: hostile)]
        var filter = LiveFilter()
        filter.text = hostile
        let report = try self.report(entries: [entry], dead: dead, configured: [hostile], filter: filter)
        var bare = String.UnicodeScalarView()
        bare.append(
            contentsOf: try self.page(report).unicodeScalars.filter { !"\u{0301}\u{200d}".unicodeScalars.contains($0) }
        )
        let page = String(bare)
        #expect(page.contains("&lt;script&gt;&quot;&#39;&amp;"))
        #expect(!page.contains("<script>"))
        #expect(!page.contains("script>\""))
    }

    @Test func aSparklineKeepsItsEndsAndItsTurns() {
        #expect(Sparkline.points([0, 0, 0, 0]) == "0,22.5 3,22.5")
        #expect(Sparkline.points([0, 0, 4, 4, 4, 2]) == "0,22.5 1,22.5 2,1.5 4,1.5 5,12.0")
        #expect(Sparkline.points([]) == "")
        #expect(Sparkline.points([0, 1], from: 118) == "118,22.5 119,1.5")
        #expect(Sparkline.points([.max]) == "0,1.5")
    }

    @Test(
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1,000"), (12_045, "12,045"), (999_999, "999,999"), (1_250_000, "1.3 M"),
        ] as [(UInt64, String)]
    )
    func countsAreReadable(count: UInt64, text: String) {
        #expect(Readable.count(count) == text)
    }

    @Test(
        arguments: [(0, "0/s"), (0.1, "0.1/s"), (9.96, "10.0/s"), (1_234.4, "1,234/s"), (.infinity, "0/s")]
            as [(Double, String)]
    )
    func ratesAreReadable(rate: Double, text: String) {
        #expect(Readable.rate(rate) == text)
    }

    // MARK: What is on it

    @Test func withoutScriptsThePageIsWhole() throws {
        var spool = SpoolStatistics()
        spool.fresh = 1_234
        spool.oldestReceivedAt = Self.now - 75_000
        spool.maximumBytes = 1 << 30
        spool.dead = 3
        var entries = [
            JournalEntry(
                at: Self.now,
                receivedAt: Self.now - 35,
                source: "web",
                traceId: "trace-1",
                messageId: "message-1",
                type: .track,
                stage: .delivered
            )
        ]
        entries[0].attempt = 1
        entries[0].status = 202
        var dead = DeadOverview()
        dead.count = 3
        dead.examinedCount = 3
        dead.reasons = [(code: "invalid_call", count: 3)]
        dead.newest = [self.letter(42)]
        let text = try self.page(self.report(entries: entries, spool: spool, dead: dead))
        for part in [
            "message-1", "trace-1", "delivered 202 after 1 attempt in 35 ms", "1,234", "1 min 15 s", "invalid_call",
            "value=\"id:42\"", "value=\"code:invalid_call\"", "value=\"all\"", "Refresh it",
            "<time datetime=\"2023-11-14T22:15:00.000Z\" title=\"2023-11-14 22:15:00.000 UTC\">22:15:00 UTC</time>",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(text.components(of: "<h1>") == 1)
        #expect(text.components(of: "<caption>") == text.components(of: "<table"))
        #expect(!text.contains("secret-payload"))
        #expect(!text.contains("http-equiv"))
        let refreshing = try self.page(self.report(), .init(refreshes: true))
        #expect(refreshing.contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"))
    }

    @Test func whatMayBeAboutAPersonIsHiddenInHydrasAnswers() throws {
        var dead = DeadOverview()
        dead.count = 1
        dead.newest = [self.letter(1, answer: "no person@example.com here, nor +49-1701-234567, but 400")]
        let report = try self.report(dead: dead)
        for text in [try self.page(report), String(decoding: report.json, as: UTF8.self)] {
            #expect(text.contains("no [hidden] here, nor [hidden] but 400"))
            #expect(!text.contains("person@example.com"))
        }
    }

    @Test(
        arguments: [
            ("", 3), ("source=web", 2), ("stage=rejected", 1), ("type=page", 1), ("q=m-1", 1), ("q=t-3", 1),
            ("source=other&stage=rejected", 0), ("stage=nonsense", 3), ("q=%20", 3),
        ]
    )
    func filtersNarrowTheEvents(query: String, count: Int) throws {
        func entry(_ number: Int, _ source: String, _ type: EventType, _ stage: LiveStage) -> JournalEntry {
            JournalEntry(
                at: Self.now,
                receivedAt: Self.now,
                source: source,
                traceId: "t-\(number)",
                messageId: "m-\(number)",
                type: type,
                stage: stage
            )
        }
        let entries = [
            entry(1, "web", .track, .rejected), entry(2, "web", .page, .unsupported), entry(3, "app", .track, .queued),
        ]
        let report = try self.report(entries: entries, filter: LiveFilter(QueryString(query)))
        #expect(report.events.count == count)
        #expect(report.eventsKnown == 3)
    }

    @Test func anEventOfADeadLetterLeadsToIt() throws {
        var entry = JournalEntry(
            at: Self.now,
            receivedAt: Self.now,
            source: "web",
            traceId: "trace",
            messageId: "m-42",
            type: .track,
            stage: .dead
        )
        entry.callId = 42
        var dead = DeadOverview()
        dead.count = 1
        dead.newest = [self.letter(42)]
        #expect(try self.page(self.report(entries: [entry], dead: dead)).contains("href=\"#dead-42\""))
        // One that is not among those shown is asked for.
        #expect(try self.page(self.report(entries: [entry])).contains("href=\"/-/live-events?dead=42#dead-title\""))
    }
}

extension LiveFeed {
    /// The same with other entries.
    fileprivate func with(_ entries: [JournalEntry]) -> LiveFeed {
        LiveFeed(
            responder: self.responder,
            writtenAt: self.writtenAt,
            second: self.second,
            entries: entries
        )
    }
}

extension String {
    /// How often a text stands in it.
    fileprivate func components(of text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
