/// The sizes that the spool holds its callers to.
package enum SpoolLimits {
    /// The longest body of a call, in bytes. Far above what the edge lets through: it only keeps one transaction small
    /// enough to stay in memory.
    package static let callBytes = 16 << 20

    /// How much of a rejected event is kept, in bytes: enough to recognise any event of allowed size, so that senders
    /// of oversized ones cannot fill the disk.
    package static let rejectedBytes = 32 << 10

    /// How much of a message or an answer is kept with a dead letter or a rejected event, in bytes.
    package static let reasonBytes = 4 << 10
}
