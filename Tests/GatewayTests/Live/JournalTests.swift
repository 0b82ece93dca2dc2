import Hydra
import JSON
import Segment
import Spool
import Telemetry
import TestSupport
import Testing

@testable import Gateway

@Suite struct JournalTests {
    private func entry(
        _ messageId: String,
        _ stage: LiveStage,
        at: Int64 = 1_000,
        trace: String = "t",
        source: String = "web"
    ) -> JournalEntry {
        JournalEntry(
            at: at,
            receivedAt: 1_000,
            source: source,
            traceId: trace,
            messageId: messageId,
            type: .track,
            stage: stage
        )
    }

    private func call(_ messageId: String, attempts: Int = 0) -> StoredCall {
        StoredCall(
            id: 7,
            source: "web",
            kind: CallKind.track.rawValue,
            lane: 1,
            messageId: messageId,
            traceId: "t",
            receivedAt: 1_000,
            body: Array(#"{"userId":"person@example.com"}"#.utf8),
            attempts: attempts
        )
    }

    @Test(arguments: [(0, 0), (1, 1), (3, 3), (4, 4), (5, 4), (9, 4)])
    func aRingKeepsTheNewestInTheirOrder(added: Int, kept: Int) {
        var ring = JournalRing(capacity: 4)
        for index in 0..<added { ring.append(self.entry(String(index), .queued)) }
        #expect(ring.newest(10).map(\.messageId) == (added - kept..<added).map(String.init))
        #expect(ring.newest(2).map(\.messageId) == (max(0, added - 2)..<added).map(String.init))
        #expect(ring.total == UInt64(added))
    }

    @Test func aBatchLargerThanARingLeavesItsEndAndItsDuplicatesInPlace() {
        let count = EventJournal.capacity + 10
        let calls = (0..<count).map { index in
            NewCall(
                source: "web",
                kind: CallKind.track.rawValue,
                lane: 0,
                dedupe: DedupeKey(high: 0, low: 0),
                messageId: String(index),
                traceId: "t",
                receivedAt: 1,
                body: []
            )
        }
        let note = IntakeNote(
            source: "web",
            traceId: "t",
            receivedAt: 1,
            calls: calls,
            rejected: [],
            skipped: []
        )
        var ring = JournalRing(capacity: EventJournal.capacity)
        note.write(to: &ring, duplicates: [3, count - 2], failure: nil, at: 2)
        let entries = ring.newest(count)
        #expect(entries.count == EventJournal.capacity)
        #expect(entries.first?.messageId == "10")
        #expect(entries.filter { $0.stage == .duplicate }.map(\.messageId) == [String(count - 2)])
    }

    @Test func everyOutcomeOfARequestIsNotedWithItsReason() throws {
        let journal = EventJournal()
        let note = IntakeNote(
            source: "web",
            traceId: "t",
            receivedAt: 5,
            calls: [],
            rejected: [
                RejectedEvent(
                    source: "web",
                    code: "event_not_defined",
                    message: "m",
                    messageId: nil,
                    traceId: "t",
                    receivedAt: 5,
                    raw: Array("person@example.com".utf8)
                )
            ],
            skipped: [
                IntakeNote.Skipped(messageId: "p", type: .page, stage: .unsupported, code: ""),
                IntakeNote.Skipped(messageId: "f", type: .track, stage: .filtered, code: "integrations"),
            ]
        )
        journal.noted(note, duplicates: [], at: 6)
        #expect(journal.newest(10).map(\.stage) == [.rejected, .unsupported, .filtered])
        #expect(journal.newest(10).map(\.code) == ["event_not_defined", "", "integrations"])
        journal.turnedAway(note, failure: "spool_full", at: 7)
        #expect(journal.newest(10).suffix(3).allSatisfy { $0.stage == .refused && $0.code == "spool_full" })
        #expect(journal.total == 6)
    }

    @Test(
        arguments: [
            (.done(status: 202), nil, .delivered, 202, ""),
            (
                .refused(status: 400, code: "invalid_call", message: "person@example.com"), nil, .dead, 400,
                "invalid_call"
            ),
            (.refused(status: 400, code: "batch", message: ""), 9, .retrying, 400, "batch"),
            (.unauthorized(status: 401, message: ""), nil, .retrying, 401, "unauthorized"),
            (.retry(status: nil, reason: "dns", message: "", after: nil), 9, .retrying, 0, "dns"),
            (.retry(status: 500, reason: "http_500", message: "", after: nil), nil, .dead, 500, "http_500"),
        ] as [(Answer, Int64?, LiveStage, Int, String)]
    )
    func anAttemptIsNotedAsWhatItLedTo(
        answer: Answer,
        retryAt: Int64?,
        stage: LiveStage,
        status: Int,
        code: String
    ) throws {
        let journal = EventJournal()
        journal.attempted(
            self.call("m", attempts: 2),
            answer: answer,
            nanoseconds: 35_000_000,
            willRetryAt: retryAt,
            at: 4
        )
        let entry = try #require(journal.newest(1).first)
        #expect(entry.stage == stage)
        #expect(entry.status == status)
        #expect(entry.code == code)
        #expect(entry.attempt == 3)
        #expect(entry.took == 35)
        #expect(entry.callId == 7)
        let counts = try #require(journal.deliveryCounts["web"])
        #expect(counts.delivered == (stage == .delivered ? 1 : 0))
        #expect(counts.retrying == (stage == .retrying ? 1 : 0))
        #expect(counts.dead == (stage == .dead ? 1 : 0))
    }

    @Test func theWayOfAnEventIsPutTogetherFromSeveralResponders() throws {
        var retry = self.entry("m", .retrying, at: 1_020)
        retry.attempt = 1
        retry.code = "http_500"
        retry.retryAt = 1_030
        var done = self.entry("m", .delivered, at: 1_035)
        done.attempt = 2
        done.status = 202
        // In no order: they come from different files.
        let events = LiveEvent.events([done, self.entry("m", .queued, at: 1_001), retry]) { _ in true }
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.stage == "delivered")
        #expect(event.steps.map(\.text) == ["received", "queued", "delivered 202 after 2 attempts in 35 ms"])
        #expect(event.retryAt == nil)
    }

    @Test func aDuplicateIsAnArrivalOfItsOwn() {
        let events = LiveEvent.events([
            self.entry("m", .queued), self.entry("m", .delivered, at: 1_010),
            self.entry("m", .duplicate, at: 2_000, trace: "t2"),
            self.entry("m", .duplicate, at: 2_000),
        ]) { _ in true }
        #expect(events.count == 3)
        #expect(events.map(\.stage).sorted() == ["delivered", "duplicate", "duplicate"])
    }

    @Test func anEventThatWaitsNoLongerIsNotCalledQueued() {
        let entries = [self.entry("m", .queued)]
        #expect(LiveEvent.events(entries) { _ in true }.first?.stage == "queued")
        let gone = LiveEvent.events(entries) { _ in false }.first
        #expect(gone?.stage == LiveEvent.leftQueue)
        #expect(gone?.steps.last?.text == "left the queue")
    }

    @Test func theQueueIsAskedAsItWasBeforeTheDelivererLastTold() throws {
        var statistics = SpoolStatistics()
        var source = SourceStatistics(source: "web")
        source.fresh = 1
        source.oldestReceivedAt = 1_000
        statistics.sources = [source]
        let memory = QueueMemory()
        #expect(memory.newest(notAfter: .max) == nil)
        memory.remember(.init(statistics, at: 2_000))
        memory.remember(.init(SpoolStatistics(), at: 3_000))
        #expect(memory.newest(notAfter: 1_999) == nil)
        // At 2,000 it waited; that it is gone at 3,000 says nothing before the deliverer has told up to then.
        let event = self.entry("m", .queued, at: 1_001)
        #expect(try #require(memory.newest(notAfter: 2_999)).mayHold(event))
        #expect(try !#require(memory.newest(notAfter: 3_000)).mayHold(event))
        let later = self.entry("m", .queued, at: 3_001)
        #expect(try #require(memory.newest(notAfter: 3_000)).mayHold(later))
        for at in 0..<100 { memory.remember(.init(SpoolStatistics(), at: 10_000 + Int64(at))) }
        #expect(memory.newest(notAfter: 9_999) == nil)
    }

    @Test func aReplayedDeadLetterShowsWhatBecameOfItThen() {
        var dead = self.entry("m", .dead, at: 1_010)
        dead.attempt = 5
        var done = self.entry("m", .delivered, at: 9_000)
        done.attempt = 1
        #expect(LiveEvent.events([done, dead]) { _ in true }.first?.stage == "delivered")
        #expect(LiveEvent.events([dead, done]) { _ in true }.first?.stage == "delivered")
    }

    @Test func whatIsSharedReadsBackAndHoldsNobodysName() throws {
        let directory = try TemporaryDirectory()
        let figures = try FiguresDirectory(path: directory.file("figures"), name: "one")
        let journal = EventJournal()
        let source = try make(source: "web")
        source.figures.count(.accepted, by: 3)
        let recorder = LiveRecorder(journal: journal, directory: figures, configured: { [source] }, depth: { _ in 42 })
        let long = String(repeating: "é", count: 300)
        journal.attempted(self.call(long), answer: .done(status: 200), nanoseconds: 1, willRetryAt: nil, at: 4)
        journal.attempted(
            self.call("m"),
            answer: .refused(status: 400, code: "c", message: "person@example.com"),
            nanoseconds: 1,
            willRetryAt: nil,
            at: 5
        )
        let now = WallClock.milliseconds()
        recorder.tick(at: now, monotonic: 0)
        // Another responder reads the file; the first one would answer from its memory.
        let other = LiveRecorder(
            journal: EventJournal(),
            directory: try FiguresDirectory(path: directory.file("figures"), name: "two"),
            configured: { [] },
            depth: { _ in nil }
        )
        let feeds = other.feeds(at: now, monotonic: 0)
        #expect(feeds.map(\.responder) == ["one", "two"])
        let feed = try #require(feeds.first)
        #expect(feed.entries.map(\.messageId) == [LiveRecorder.cut(long), "m"])
        #expect(feed.entries.first?.messageId.unicodeScalars.count == 129)
        #expect(feed.entries.last == journal.newest(1).last)
        var series = LiveSeries(at: now + 1_000)
        for (name, part) in feed.sources where name == "web" { series.add(part, through: feed.second) }
        #expect(series.lastHour([.queued]) == 3)
        #expect(series.lastHour([.delivered]) == 1)
        #expect(series.lastHour([.dead]) == 1)
        #expect(feed.depths == [42])
        let text = try String(contentsOfFile: directory.file("figures/one.live"))
        #expect(text.contains("\"m\""))
        #expect(!text.contains("person@example.com"))
    }

    @Test func aFileIsWrittenEachSecondOnlyWhileSomebodyLooks() throws {
        let directory = try TemporaryDirectory()
        let figures = try FiguresDirectory(path: directory.file("figures"), name: "one")
        let reader = try FiguresDirectory(path: directory.file("figures"), name: "two")
        let journal = EventJournal()
        let recorder = LiveRecorder(journal: journal, directory: figures, configured: { [] }, depth: { _ in nil })
        let now = WallClock.milliseconds()
        func note(_ id: String) {
            journal.attempted(self.call(id), answer: .done(status: 200), nanoseconds: 1, willRetryAt: nil, at: now)
        }
        func ids() throws -> [String] {
            let parser = JSONParser()
            return reader.readLive().compactMap { LiveFeed($0, parser: parser) }.flatMap(\.entries).map(
                \.messageId
            )
        }
        note("a")
        recorder.tick(at: now, monotonic: 0)
        #expect(try ids() == ["a"])
        note("b")
        recorder.tick(at: now, monotonic: 1_000_000_000)
        #expect(try ids() == ["a"], "nobody looks")
        recorder.tick(at: now, monotonic: LiveRecorder.idleSeconds * 1_000_000_000)
        #expect(try ids() == ["a", "b"], "some seconds have passed")
        note("c")
        #expect(!reader.isWatched)
        reader.markWatched()
        #expect(figures.isWatched)
        recorder.tick(at: now, monotonic: LiveRecorder.idleSeconds * 1_000_000_000 + 1)
        #expect(try ids() == ["a", "b", "c"], "somebody looks")
    }
}

extension String {
    fileprivate init(contentsOfFile path: String) throws {
        let bytes = try #require(FileBytes.read(path))
        self = String(decoding: bytes, as: UTF8.self)
    }
}
