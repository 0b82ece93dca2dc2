import Segment

/// One thing that happened to one event: at the edge, or in delivery.
///
/// A value of some 120 bytes whose strings are those of the request or the call: making one copies no text. Holds ids
/// and codes, never what is in an event: no userId, no anonymousId, no property, no address.
struct JournalEntry: Sendable, Equatable {
    /// When it happened, milliseconds since 1970.
    var at: Int64
    /// When the event's request arrived, milliseconds since 1970.
    var receivedAt: Int64
    /// Empty when the request named none.
    var source: String
    var traceId: String
    /// Empty when the event had none that can be read.
    var messageId: String
    /// nil when it is not known.
    var type: EventType?
    var stage: LiveStage
    /// The bounded code of the reason; empty where there is nothing to say.
    var code = ""
    /// Hydra's status; 0 without an answer.
    var status = 0
    /// Attempts at delivery, this one included; 0 at the edge.
    var attempt = 0
    /// How long the attempt took, milliseconds.
    var took: Int64 = 0
    /// When the next attempt is due, milliseconds since 1970; 0 when none is, or when it waits for something else.
    var retryAt: Int64 = 0
    /// The call's id in the spool, which its dead letter keeps; 0 at the edge.
    var callId: Int64 = 0
}
