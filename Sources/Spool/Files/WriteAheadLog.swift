import Glibc

/// Looks at SQLite's write-ahead log before SQLite does, for damage that SQLite takes for the log's end.
///
/// SQLite reads the log up to the first frame whose checksum is wrong, and forgets the rest. That is right after a loss
/// of power, where at most the last commit is torn: every commit is synced before the next one is written. So when
/// several whole commits stand behind the wrong frame, something else has changed the file, and they had been
/// acknowledged. Nobody would notice; so we do.
///
/// Stateless. The caller holds the commit lock, so that nobody writes to the log meanwhile.
enum WriteAheadLog {
    enum Condition: Equatable {
        /// The log ends where it ends, or there is none.
        case whole
        /// The rest of a commit that was not acknowledged stands behind the end.
        case torn
        /// At least so many acknowledged commits stand behind a frame that is not as it was written.
        case damaged(commits: Int)
    }

    private static let headerBytes = 32
    private static let frameHeaderBytes = 24
    /// The last bit tells whether checksums take words in big-endian order.
    private static let magic: UInt32 = 0x377F_0682
    private static let pageSizes: ClosedRange<UInt32> = 512...65_536

    /// Reads the log at `path` to its end. Blocks; some 30 ms for 32 MiB.
    static func condition(at path: String) -> Condition {
        // The log carries no locks of SQLite's: unlike the database it may be opened and closed beside it.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .whole }
        defer { close(descriptor) }
        guard let header = Self.read(descriptor, Self.headerBytes) else { return .whole }
        let magic = Self.word(header, 0)
        let pageSize = Self.word(header, 8)
        guard magic & ~1 == Self.magic, Self.pageSizes.contains(pageSize) else { return .whole }
        var checksum = Checksum(isBigEndian: magic & 1 == 1)
        checksum.add(header[..<24])
        let salts = header[16..<24]
        // The header is shorter than a sector: it is not torn. With a wrong one SQLite ignores the whole log.
        var isValid = checksum.matches(header, at: 24)
        var framesBehind = 0
        var commitsBehind = 0
        while let frame = Self.read(descriptor, Self.frameHeaderBytes + Int(pageSize)) {
            // What an earlier round of the log has left.
            guard frame[8..<16].elementsEqual(salts) else {
                if isValid { break }
                continue
            }
            if isValid {
                checksum.add(frame[..<8])
                checksum.add(frame[Self.frameHeaderBytes...])
                isValid = checksum.matches(frame, at: 16)
                // The frame itself may be the one of a commit.
                if isValid { continue }
            }
            framesBehind += 1
            if Self.word(frame, 4) != 0 { commitsBehind += 1 }
        }
        if commitsBehind > 1 { return .damaged(commits: commitsBehind - 1) }
        return framesBehind > 0 ? .torn : .whole
    }

    /// So many bytes from where the last read ended; nil at the end of the file.
    private static func read(_ descriptor: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let part = unsafe bytes[filled...].withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if part < 0, errno == EINTR { continue }
            guard part > 0 else { return nil }
            filled += part
        }
        return bytes
    }

    private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[at + $1]) }
    }

    /// The running checksum of SQLite's file format, section 4.2.
    private struct Checksum {
        let isBigEndian: Bool
        private var first: UInt32 = 0
        private var second: UInt32 = 0

        init(isBigEndian: Bool) {
            self.isBigEndian = isBigEndian
        }

        /// Adds bytes, a multiple of eight of them.
        mutating func add(_ bytes: ArraySlice<UInt8>) {
            var at = bytes.startIndex
            while at + 8 <= bytes.endIndex {
                self.first &+= self.word(bytes, at) &+ self.second
                self.second &+= self.word(bytes, at + 4) &+ self.first
                at += 8
            }
        }

        /// Whether it is what stands at a place; there it is always big-endian.
        func matches(_ bytes: [UInt8], at: Int) -> Bool {
            WriteAheadLog.word(bytes, at) == self.first && WriteAheadLog.word(bytes, at + 4) == self.second
        }

        private func word(_ bytes: ArraySlice<UInt8>, _ at: Int) -> UInt32 {
            let word =
                UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8
                | UInt32(bytes[at + 3])
            return self.isBigEndian ? word : word.byteSwapped
        }
    }
}
