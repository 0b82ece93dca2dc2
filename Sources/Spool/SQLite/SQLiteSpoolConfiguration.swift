import Glibc

/// Where a ``SQLiteSpool`` lives and how large it may grow.
///
/// A plain value; safe on any thread. Every process that shares a directory is to be given the same one.
package struct SQLiteSpoolConfiguration: Sendable {
    /// The directory that the spool has for itself. It is created when only its last part is missing.
    package var directory: String

    /// The most that the spool may hold, in bytes; above it calls are refused. Counts used pages and the write-ahead
    /// log: waiting calls, dead letters, rejected events and remembered message ids.
    package var maximumBytes: Int64 = 10 << 30

    /// How much of the file system must stay free, in bytes; below it calls are refused. Twice
    /// ``checkpointBytes`` (16 MiB; a sixteenth of the free space on a small disk) stay free in any case, and as much is
    /// kept in a file, `reserve`, for the moment when others have taken all.
    package var minimumFreeBytes: Int64 = 256 << 20

    /// How long a message id is remembered at least. Ids are forgotten in steps of a sixteenth of it.
    package var dedupeWindow: Duration = .seconds(48 * 3600)

    /// The most message ids that are remembered; beyond it the oldest are forgotten before their time. An id takes
    /// about 18 bytes of disk and 2 bytes of memory.
    package var dedupeMaximum = 20_000_000

    /// The most rejected events that are kept; beyond it the oldest make room.
    package var rejectedMaximum = 10_000

    /// For commands that look at the spool of a gateway that may be running: nothing is looked after, and a disk that is full
    /// or cannot be written is no reason not to look. Nothing may be appended, settled or changed.
    package var looksOnly = false

    /// The wall clock, in milliseconds since 1970 UTC.
    var clock: @Sendable () -> Int64 = Self.systemClock

    /// How many message ids are gathered before they are packed; lowered by tests.
    var dedupeRunKeys = SeenIndex.runKeys

    /// The size of the write-ahead log at which its contents are copied into the database, in bytes. A page that many
    /// commits write is copied once: 8 MiB write a twentieth more than 32 MiB, 128 MiB a tenth less. But commits wait
    /// for the disk beside a copy, and for the end of it: at 12,000 single calls a second, half of what this machine
    /// could, 99 of 100 were answered within 2.5 to 3.6 ms with 8 MiB, within 4.3 to 7 ms with 32.
    var checkpointBytes = 8 << 20

    package init(directory: String) {
        self.directory = directory
    }

    private static let systemClock: @Sendable () -> Int64 = {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) &* 1000 &+ Int64(now.tv_nsec) / 1_000_000
    }
}
