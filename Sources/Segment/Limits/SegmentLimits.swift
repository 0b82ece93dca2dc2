import HydraLimits

/// The bounds of what one request may carry. Every one is configurable; the defaults say why, and what bounds an event
/// has a largest value, beyond which Hydra would refuse what was taken here.
///
/// A plain value; any thread.
package struct SegmentLimits: Sendable, Equatable {
    /// Bytes of one event, decompressed. Segment allows 32 KB and leaves open which KB: the larger one is taken.
    package var eventBytes = 32 << 10

    /// The largest ``eventBytes``. The call to Hydra is the event with its feature a second time, the batch's context
    /// and integrations, and some hundred bytes (ids and times written out).
    package static let largestEventBytes = (CallLimits.callBytes - Envelope.maximumBytes - (8 << 10)) / 2

    /// Bytes of one decompressed request. Segment documents 500 KB, but Rust sends 524,288 and Kotlin and Swift
    /// overrun their 475,000 by up to one event: 1 MiB takes all of them.
    package var batchBytes = 1 << 20

    /// Events of one batch. Segment keeps the first 2,500 and rejects the rest under a 200.
    package var batchEvents = 2_500

    /// Objects and arrays inside each other in one event. No SDK comes near; parsers behind us need not be as patient.
    package var depth = 128

    /// The largest ``depth``.
    package static let largestDepth = CallLimits.depth

    /// Bytes of a userId or anonymousId in UTF-8.
    package var identifierBytes = largestIdentifierBytes

    /// The largest ``identifierBytes``; also what a messageId may have before its hash travels in its place.
    package static let largestIdentifierBytes = CallLimits.identifierCharacters

    /// The defaults of the documentation.
    package init() {}
}
