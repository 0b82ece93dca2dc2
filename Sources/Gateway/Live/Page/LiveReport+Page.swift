import Hydra
import Relay
import Segment
import Spool

extension LiveReport {
    /// Sources with a row; more make a page that nobody reads.
    static let sourceRows = 100

    /// What the page needs besides the report.
    struct PageFacts {
        /// The query without `replayed`, for links that lead back here.
        var query = ""
        /// Whether the page asks to be loaded again by itself where there are no scripts.
        var refreshes = false
        var token = ""
        /// What a form did.
        var notice: String?
        /// The dead letter that was asked for.
        var asked: Int64?
    }

    /// The values of the template. Text is as it came: the template escapes it.
    func page(_ facts: PageFacts) -> [String: Any] {
        let spool = self.status.spool
        var values: [String: Any] = [
            "css": PageAsset.styles.path, "js": PageAsset.script.path, "token": facts.token,
            "asOf": self.time(self.at), "refreshes": facts.refreshes, "alerts": self.alerts,
            "here": "/-/live-events" + (facts.query.isEmpty ? "" : "?\(facts.query)"),
            "hereRefreshing": "/-/live-events?\(facts.query.isEmpty ? "" : "\(facts.query)&")refresh=5",
            "json": "/-/live-events?\(facts.query.isEmpty ? "" : "\(facts.query)&")json",
            "received": self.tile("received", "Received", LiveStage.intake),
            "away": LiveStage.turnedAway.map { self.tile($0.name, Self.label($0), [$0]) },
            "out": [LiveStage.delivered, .retrying, .dead].map { self.tile($0.name, Self.label($0), [$0]) },
            "queue": self.queueTile,
            "waiting": Readable.count(spool.depth), "deferred": Readable.count(spool.deferred),
            "oldestAge": self.status.oldestAgeSeconds.map { Readable.duration(seconds: $0) } ?? "–",
            "size": Readable.bytes(spool.bytes), "maximum": Readable.bytes(spool.maximumBytes),
            "free": Readable.bytes(spool.freeBytes),
            "deliverer": self.deliverers.isEmpty ? "nobody" : self.deliverers.joined(separator: ", "),
            "destinations": self.status.destinations.map(Self.row),
            "sources": self.sources.prefix(Self.sourceRows).map(self.row),
            "events": self.events.map(self.row),
            "eventsCaption": self.eventsCaption,
            "noEvents": self.filter.isEmpty
                ? "No event has come in since the responders started." : "No event among the newest passes the filter.",
            "query": self.filter.text ?? "", "isFiltered": !self.filter.isEmpty,
            "sourceOptions": Self.options(
                self.status.sources.map { ($0.name, $0.name) },
                chosen: self.filter.source
            ),
            "stageOptions": Self.options(
                LiveFilter.stages.map { ($0, $0 == LiveEvent.leftQueue ? "left the queue" : $0) },
                chosen: self.filter.stage
            ),
            "typeOptions": Self.options(
                EventType.allCases.map { ($0.rawValue, $0.rawValue) },
                chosen: self.filter.type?.rawValue
            ),
            "respondersText": "Responders: " + self.status.responders.map(\.name).joined(separator: ", ") + ".",
            "hasDead": self.dead.count > 0, "deadCount": Readable.count(self.dead.count),
            "shownCount": Readable.count(self.dead.newest.count),
            "reasonsCaption": self.dead.examinedCount < self.dead.count
                ? "By reason, among the newest \(Readable.count(self.dead.examinedCount))" : "By reason",
            "reasons": self.dead.reasons.enumerated().map { index, reason in
                ["code": reason.code, "number": Readable.count(reason.count), "index": String(index)]
            },
            "letters": self.dead.newest.map(self.row),
        ]
        if self.sources.count > Self.sourceRows {
            values["moreSources"] = ["moreCount": Readable.count(self.sources.count - Self.sourceRows)]
        }
        if let notice = facts.notice { values["notice"] = ["text": notice] }
        if self.dead.isMissing, let id = facts.asked {
            values["missing"] = ["missingText": "The dead letter \(id) is not there any more: replayed or dropped."]
        }
        return values
    }

    // MARK: Parts

    private var deliverers: [String] { self.status.responders.filter(\.isDelivering).map(\.name) }

    private var alerts: [[String: Any]] {
        var alerts: [[String: Any]] = []
        if let refusing = self.status.spool.refusing {
            alerts.append(["alertTitle": "Events are refused.", "alertText": refusing.message])
        }
        for destination in self.status.destinations {
            // One that is probed comes and goes between two rests: no reason for the alert to come and go.
            guard let state = DestinationState(rawValue: destination.state), state.isBlocked || state == .probing
            else { continue }
            alerts.append(["alertTitle": "\(destination.url): \(state.label).", "alertText": Self.sentence(state)])
        }
        if self.deliverers.isEmpty {
            alerts.append([
                "alertTitle": "Nobody delivers.",
                "alertText": "No responder that runs here holds the right to deliver; calls are kept.",
            ])
        }
        return alerts
    }

    private static func sentence(_ state: DestinationState) -> String {
        let advice = state.advice
        return advice.prefix(1).uppercased() + advice.dropFirst() + "."
    }

    private static func label(_ stage: LiveStage) -> String {
        stage.name.prefix(1).uppercased() + stage.name.dropFirst()
    }

    private func tile(_ name: String, _ label: String, _ stages: [LiveStage]) -> [String: Any] {
        let points = self.total.seconds(stages)
        var tile = Self.spark(points, "\(label) in the last 2 minutes, at most \(points.max() ?? 0) a second")
        tile["stage"] = name
        tile["label"] = label
        tile["rate"] = Readable.rate(self.total.perSecond(stages))
        tile["hour"] = Readable.count(self.total.lastHour(stages))
        return tile
    }

    private var queueTile: [String: Any] {
        let start = max(0, StageHistory.seconds - self.depths.count)
        var tile: [String: Any] = [
            "points": Sparkline.points(self.depths, from: start), "width": String(StageHistory.seconds - 1),
            "sparkLabel": "Waiting in the last 2 minutes, at most \(self.depths.max() ?? 0)",
        ]
        tile["depth"] = Readable.count(self.status.spool.depth)
        if let age = self.status.oldestAgeSeconds { tile["oldest"] = ["age": Readable.duration(seconds: age)] }
        return tile
    }

    private static func spark(_ points: [UInt64], _ label: String) -> [String: Any] {
        ["points": Sparkline.points(points), "width": String(max(1, points.count - 1)), "sparkLabel": label]
    }

    private static func options(_ values: [(String, String)], chosen: String?) -> [[String: Any]] {
        values.map { ["value": $0.0, "title": $0.1, "isChosen": $0.0 == chosen] }
    }

    private static func row(_ destination: StatusReport.DestinationRow) -> [String: Any] {
        let state = DestinationState(rawValue: destination.state)
        var row: [String: Any] = [
            "url": destination.url, "key": destination.key,
            "sourceNames": destination.sources.isEmpty ? "no source" : destination.sources.joined(separator: ", "),
            "stateLabel": state?.label ?? destination.state,
            "level": state == .delivering ? "good" : state?.isBlocked == true ? "bad" : "warn",
            "inFlight": Readable.count(UInt64(clamping: destination.inFlight)),
            "delivered": Readable.count(UInt64(clamping: destination.delivered)),
            "retried": Readable.count(UInt64(clamping: destination.retried)),
            "died": Readable.count(UInt64(clamping: destination.dead)),
            "lastAnswer": destination.lastAnswer.isEmpty ? "–" : destination.lastAnswer,
        ]
        if let state, state != .delivering { row["advice"] = ["sentence": Self.sentence(state)] }
        return row
    }

    private func row(_ source: SourceRow) -> [String: Any] {
        let fine = source.series.seconds(LiveStage.intake)
        let coarse = source.series.minutes(LiveStage.intake)
        var counts: [[String: Any]] = [LiveStage.rejected, .filtered, .duplicate, .unsupported, .refused, .queued]
            .map { Self.count(source.series.lastHour([$0]), isBad: $0 == .rejected || $0 == .refused) }
        counts += [LiveStage.delivered, .retrying, .dead]
            .map { Self.count(source.series.lastHour([$0]), isBad: $0 == .dead) }
        counts.append(Self.count(UInt64(clamping: source.status.depth), isBad: false))
        counts.append(Self.count(UInt64(clamping: source.status.dead), isBad: true))
        var row: [String: Any] = [
            "name": source.status.name, "sum": Readable.count(source.series.lastHour(LiveStage.intake)),
            "fine": Self.spark(fine, "received in the last 2 minutes, at most \(fine.max() ?? 0) a second"),
            "coarse": Self.spark(coarse, "received in the last hour, at most \(coarse.max() ?? 0) a minute"),
            "counts": counts,
        ]
        if let last = source.status.lastEventAt { row["last"] = self.time(last) }
        return row
    }

    private static func count(_ count: UInt64, isBad: Bool) -> [String: Any] {
        ["number": Readable.count(count), "tone": count == 0 ? "zero" : isBad ? "bad" : ""]
    }

    private var eventsCaption: String {
        let shown = Readable.count(self.events.count)
        return self.filter.isEmpty
            ? "The newest \(shown) events, each with its way"
            : "The newest \(shown) events that pass the filter, of \(Readable.count(self.eventsKnown)) at hand"
    }

    private func row(_ event: LiveEvent) -> [String: Any] {
        let lastIndex = event.steps.count - 1
        let steps = event.steps.enumerated().map { index, step in
            var values: [String: Any] = ["stage": step.stage, "text": step.text]
            guard index == lastIndex else { return values }
            if let retryAt = event.retryAt, event.stage == LiveStage.retrying.name {
                values["again"] = self.time(retryAt)
            }
            if let id = event.deadLetter {
                let isShown = self.dead.newest.contains { $0.id == id }
                values["letter"] = [
                    "letterId": String(id),
                    "letterHref": isShown ? "#dead-\(id)" : "/-/live-events?dead=\(id)#dead-title",
                ]
            }
            return values
        }
        return [
            "received": self.time(event.receivedAt), "rowKey": "\(event.traceId) \(event.messageId) \(event.stage)",
            "messageId": event.messageId.isEmpty ? "–" : event.messageId,
            "source": event.source.isEmpty ? "no source" : event.source,
            "type": event.type?.rawValue ?? "no type", "traceId": event.traceId, "steps": steps,
        ]
    }

    private func row(_ letter: DeadLetter) -> [String: Any] {
        let answer = HiddenPersons.hide(in: letter.reason.answer)
        let status = letter.reason.status.map { "\($0), " } ?? ""
        let tries = letter.reason.attempts == 1 ? "1 attempt" : "\(letter.reason.attempts) attempts"
        var row = self.time(letter.reason.at)
        row["letterId"] = String(letter.id)
        row["messageId"] = letter.call.messageId
        row["source"] = letter.call.source
        row["type"] = CallKind(rawValue: letter.call.kind)?.name ?? "?"
        row["traceId"] = letter.call.traceId
        row["code"] = letter.reason.code
        row["facts"] = status + tries
        row["message"] = letter.reason.message
        row["answer"] = answer
        row["hasAnswer"] = !answer.isEmpty
        return row
    }

    /// `12:03:04 UTC`, with the date when it is of another day; the script makes local times of them.
    private func time(_ milliseconds: Int64) -> [String: Any] {
        let text = StatusReport.time(milliseconds)
        let parts = text.dropLast().split(separator: "T", maxSplits: 1)
        guard let date = parts.first, let clock = parts.last, parts.count == 2 else {
            return ["iso": text, "utc": text, "clock": text]
        }
        let isToday = StatusReport.time(self.at).hasPrefix(date)
        return [
            "iso": text, "utc": "\(date) \(clock) UTC",
            "clock": isToday ? "\(clock.prefix(8)) UTC" : "\(date) \(clock.prefix(5)) UTC",
        ]
    }
}
