/// How an engine runs. Defaults suit one machine.
package struct EngineOptions: Sendable {
    /// Threads that read and answer at once.
    package var workers = 4
    /// Below this many free bytes on the disk nothing is taken: what is open can still be finished and the log be
    /// written back.
    package var minimumFreeBytes: UInt64 = 64 << 20

    package init() {}
}
