import EventTime

/// Segment's correction of clocks that are wrong.
///
/// `timestamp = receivedAt − (sentAt − originalTimestamp)`: sending and receiving are taken for the same moment, so
/// what lies between the event and its sending is kept, and the device's idea of the date is not. Segment documents no
/// clamp, neither for the past nor for the future, and none is made here. But what no clock can have meant is not
/// computed with (``EventTime``): a zero time is no time, and a `sentAt` that the event's own time belies is not applied.
///
/// Below ``leastSkew`` nothing is corrected: there the difference is mostly the way through the network, another one for
/// each request, and moving each event by it would put events of one sender out of their order.
enum ClockSkew {
    /// The least difference between sending and arrival that is taken for a wrong clock, in milliseconds. Phones and
    /// computers that set their clocks by the network are within a second, and so is nearly every request on its way.
    static let leastSkew: Int64 = 2_000

    /// The time of an event.
    ///
    /// - Parameters:
    ///   - original: when it happened, by the sender's clock; nil where it says nothing readable.
    ///   - sentAt: when it was sent, by the same clock; nil where it says nothing readable.
    ///   - receivedAt: when it arrived, by ours.
    /// - Returns: `original` as it is without a credible `sentAt` and below ``leastSkew``; `receivedAt` without `original`,
    ///   and where the formula leaves the years 1 to 9999.
    static func corrected(original: Timestamp?, sentAt: Timestamp?, receivedAt: Timestamp) -> Timestamp {
        guard let original, !EventTime.isUnset(original.milliseconds) else { return receivedAt }
        guard let sentAt,
            EventTime.isSentAtCredible(
                sentAt.milliseconds,
                original: original.milliseconds,
                receivedAt: receivedAt.milliseconds
            )
        else { return original }
        let (skew, skewOverflows) = receivedAt.milliseconds.subtractingReportingOverflow(sentAt.milliseconds)
        if !skewOverflows, skew.magnitude < leastSkew.magnitude { return original }
        let (age, ageOverflows) = sentAt.milliseconds.subtractingReportingOverflow(original.milliseconds)
        let (time, timeOverflows) = receivedAt.milliseconds.subtractingReportingOverflow(age)
        let corrected = Timestamp(milliseconds: time)
        return ageOverflows || timeOverflows || !corrected.isPrintable ? receivedAt : corrected
    }
}
