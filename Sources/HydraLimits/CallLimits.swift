/// What a call to Hydra may be: the one table that both ends of the contract read.
///
/// The gateway refuses or shortens at its edge what is beyond, so that nothing it answered 200 to is refused later;
/// Hydra judges by the same numbers, and the OpenAPI document repeats them (a test compares). Constants; any thread.
package enum CallLimits {
    /// Bytes of one call: 32 times what the gateway lets an event have unless configured otherwise.
    package static let callBytes = 1 << 20
    /// Bytes of a batch of calls: 500 events of the gateway's 32 KiB.
    package static let batchBytes = 16 << 20
    /// Calls of a batch.
    package static let batchCalls = 500
    /// Characters (Unicode scalars) of a user id, an anonymous id and a message id. The gateway counts bytes, which are
    /// never fewer: an id of its 1,024 bytes also fits, percent-encoded, into the header that carries it.
    package static let identifierCharacters = 1_024
    /// How deep a call's JSON may be nested: twice the gateway's limit unless configured otherwise. Deeper text would be
    /// served to readers whose parsers give up.
    package static let depth = 256
    /// 0001-01-01T00:00:00.000Z in milliseconds since 1970, the first time that RFC 3339 and every calendar library can
    /// say.
    package static let earliestTime: Int64 = -62_135_596_800_000
    /// 9999-12-31T23:59:59.999Z.
    package static let latestTime: Int64 = 253_402_300_799_999
}
