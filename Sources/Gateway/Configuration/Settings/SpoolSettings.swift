/// The durable queue, on the disk of this machine or in JetStream. A value.
package struct SpoolSettings: Equatable, Sendable {
    /// Where the calls are kept in NATS JetStream; nil for files in ``directory``.
    package internal(set) var jetStream: JetStreamSettings?
    /// Absolute path; all responders of one machine share it. A local file system: the locks of network ones fail. With
    /// JetStream only what the responders of this machine share stays in it: their figures and the secret of their forms.
    package internal(set) var directory = "/var/lib/hydra-gateway/spool"
    /// Bytes that the spool's files may take, 10 GiB: about ten million calls, a day's outage at 100 a second. Beyond,
    /// clients are told to come back (429).
    package internal(set) var maximumBytes: Int64 = 10 << 30
    /// Bytes of free disk below which nothing is taken in, 256 MiB: the other programs of the machine need room too.
    package internal(set) var minimumFreeBytes: Int64 = 256 << 20
    /// How long a message id is remembered, 48 h: SDKs resend for 12 h, Segment's servers for 4 h.
    package internal(set) var deduplicationWindow: Duration = .seconds(48 * 3600)
    /// Message ids that are remembered at most, 20 million, about 1 GB of disk; a metric says when this shortens the
    /// window.
    package internal(set) var deduplicationMaximum = 20_000_000
    /// Rejected events that are kept to be looked at, 10,000; the oldest go first.
    package internal(set) var rejectedMaximum = 10_000
}
