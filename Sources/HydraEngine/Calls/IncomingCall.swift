import Hydra

/// A call that was read and found right: everything the committer needs, so that its one thread only writes.
///
/// A value; made on the workers, applied by the committer.
struct IncomingCall: Sendable {
    /// An id that the call carries, with the key of the identity it names.
    struct Subject: Sendable {
        let key: RecordKey
        let value: String
    }

    /// An id that stands for nobody, and was taken for absent.
    struct IgnoredID: Sendable {
        let kind: RecordKey.Kind
        let value: String
    }

    let account: Account
    let kind: CallKind
    let messageId: String
    /// Finds repeats: 64 bits of a hash over account and message id.
    let messageHash: Int64
    let user: Subject?
    let anonymous: Subject?
    /// Of a call without any other id: it is kept apart, nobody's.
    let ignored: [IgnoredID]
    /// When it happened: the call's `timestamp` where it can be believed (``CallTimes``), else when it was received.
    let timestamp: Instant
    let receivedAt: Instant
    /// Its number in the order in which it was taken: its sender's, else one of this process.
    let sequence: Int64
    /// What was wrong with the times that it came with.
    let clockFault: ClockFault?
    /// When this program took it.
    let arrivedAt: Instant
    let source: String?
    /// The call as it was sent.
    let body: [UInt8]
    /// What a track says.
    let use: Use?
    /// What an identify says.
    let traits: [TraitUpdate]
    /// The company that an identify names, by `traits.company` or by the e-mail.
    let company: CompanyReference?

    /// The event of a track.
    struct Use: Sendable {
        let event: String
        let feature: String?
        let flag: EventFlag
    }

    /// How much work it is for the committer: 1 for an ordinary call.
    var cost: Int { 1 + self.body.count / 2048 + self.traits.count / 8 }

    var stamp: Stamp {
        Stamp(
            time: self.timestamp,
            receivedAt: self.receivedAt,
            sequence: self.sequence,
            messageId: self.messageId
        )
    }
}
