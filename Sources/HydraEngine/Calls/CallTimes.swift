import EventTime
import JSON

/// What was wrong with the times of a call. The call is taken all the same, and what it said is kept in its body.
enum ClockFault: String, CaseIterable, Sendable {
    /// Its time lies further ahead of its receipt than a clock may run: it counts as of its receipt.
    case ahead
    /// Its time is a zero: it counts as of its receipt.
    case unset
    /// Its `sentAt` is far off and its own time does not agree: the gateway did not correct by it.
    case sentAt
}

/// When a call happened and was received, as far as what it says can be believed.
///
/// A wrong clock must not decide for years which value is the newer: nothing is later than its receipt, beyond an
/// allowance, and zero times are none (``EventTime``). A value; any thread.
struct CallTimes {
    let timestamp: Instant
    let receivedAt: Instant
    let fault: ClockFault?

    /// - Parameters:
    ///   - timestamp: as the call has it, corrected by the gateway for the sender's clock.
    ///   - original: `originalTimestamp`, what the sender's clock said.
    ///   - sentAt: when it was sent by that clock.
    ///   - receivedAt: as the call has it.
    ///   - arrivedAt: when it came here.
    init(timestamp: Instant?, original: JSONValue?, sentAt: JSONValue?, receivedAt: Instant?, arrivedAt: Instant) {
        var received = receivedAt ?? arrivedAt
        var fault: ClockFault?
        if EventTime.isUnset(received.milliseconds) {
            received = arrivedAt
            fault = .unset
        } else if EventTime.isAhead(received.milliseconds, of: arrivedAt.milliseconds) {
            received = arrivedAt
            fault = .ahead
        }
        var time = timestamp ?? received
        if EventTime.isUnset(time.milliseconds) {
            time = received
            fault = .unset
        } else if EventTime.isAhead(time.milliseconds, of: received.milliseconds) {
            time = received
            fault = .ahead
        }
        self.timestamp = time
        self.receivedAt = received
        self.fault = fault ?? Self.fault(original: original, sentAt: sentAt, timestamp: time, receivedAt: received)
    }

    /// What the gateway found, and left out of its correction.
    private static func fault(
        original: JSONValue?,
        sentAt: JSONValue?,
        timestamp: Instant,
        receivedAt: Instant
    ) -> ClockFault? {
        if let original, Self.isUnset(original) { return .unset }
        guard let sentAt else { return nil }
        guard let sent = sentAt.string.flatMap({ Instant(parsing: $0) }) else {
            return Self.isUnset(sentAt) ? .sentAt : nil
        }
        let isCredible = EventTime.isSentAtCredible(
            sent.milliseconds,
            original: (original?.string.flatMap { Instant(parsing: $0) } ?? timestamp).milliseconds,
            receivedAt: receivedAt.milliseconds
        )
        return isCredible ? nil : .sentAt
    }

    /// Whether a time as a sender writes it, a text or a number of seconds or milliseconds, is a zero.
    private static func isUnset(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .string:
            guard let text = value.string else { return false }
            // Year 0, and 0000-00-00, are no dates of the calendar and nobody's time.
            return Instant(parsing: text).map { EventTime.isUnset($0.milliseconds) } ?? text.hasPrefix("0000")
        case .number:
            // Below 10¹¹ it is in seconds, as the gateway reads it.
            guard let number = value.double, number.magnitude < 1e15 else { return false }
            return EventTime.isUnset(Int64(number.magnitude < 1e11 ? number * 1000 : number))
        case .object, .array, .true, .false, .null: return false
        }
    }
}
