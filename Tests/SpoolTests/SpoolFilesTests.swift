import GRDB
import Glibc
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Spool

/// What happens to the spool's directory and files, at start and while it is open.
@Suite(.timeLimit(.minutes(2)))
struct SpoolFilesTests {
    let fixture: SpoolFixture

    init() throws {
        self.fixture = try SpoolFixture()
    }

    static func isCode(_ code: SpoolError.Code) -> SpoolError {
        SpoolError(code: code, message: "", retryAfterSeconds: 0)
    }

    /// Opens and returns what was thrown.
    private func openFailure(_ change: (inout SQLiteSpoolConfiguration) -> Void = { _ in }) -> SpoolError? {
        do throws(SpoolError) {
            _ = try self.fixture.open(change)
            return nil
        } catch {
            return error
        }
    }

    // MARK: At start

    @Test
    func aMissingDirectoryIsMadeButNotTheOneAboveIt() throws {
        _ = try self.fixture.open()
        #expect(self.fixture.files.contains("spool.sqlite"))
        let error = try #require(self.openFailure { $0.directory = "\(self.fixture.root)/none/spool" })
        #expect(error.code == .missing)
        #expect(error.message.contains("\(self.fixture.root)/none/spool"))
        #expect(error.message.contains("Create it"))
    }

    @Test
    func aFileInTheDirectorysPlaceIsAClearError() throws {
        writeFile(self.fixture.directory, [1])
        let error = try #require(self.openFailure())
        #expect(error.code == .missing)
        #expect(error.message.contains(self.fixture.directory))
    }

    @Test
    func theFilesAreNotForTheWorld() throws {
        _ = try self.fixture.open()
        for name in self.fixture.files {
            var status = stat()
            let path = "\(self.fixture.directory)/\(name)"
            #expect(unsafe stat(path, &status) == 0)
            #expect(status.st_mode & 0o007 == 0, "\(name)")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func whatRootMakesBelongsToTheDirectorysOwner() throws {
        unsafe mkdir(self.fixture.directory, 0o750)
        unsafe chown(self.fixture.directory, 65534, 65534)
        _ = try self.fixture.open()
        for name in self.fixture.files {
            var status = stat()
            let path = "\(self.fixture.directory)/\(name)"
            #expect(unsafe stat(path, &status) == 0)
            #expect(status.st_uid == 65534, "\(name)")
        }
    }

    @Test
    func aLaterLayoutIsAClearError() throws {
        let spool = try self.fixture.open()
        try #require(spool.connections).writer.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA user_version = 99")
        }
        spool.close()
        let error = try #require(self.openFailure())
        #expect(error.code == .newerSchema)
        #expect(error.message.contains(self.fixture.database))
        #expect(error.message.contains("99"))
        #expect(self.fixture.files.contains("spool.sqlite"))
    }

    @Test
    func aDatabaseOfAnotherProgramIsLeftAlone() throws {
        unsafe mkdir(self.fixture.directory, 0o750)
        let queue = try DatabaseQueue(path: self.fixture.database)
        try queue.write { try $0.execute(sql: "CREATE TABLE theirs (id)") }
        try queue.close()
        #expect(self.openFailure()?.code == .newerSchema)
        #expect(self.fixture.files.filter { $0.contains("corrupt") }.isEmpty)
    }

    @Test
    func severalSpoolsMayMakeTheSameDirectoryAtOnce() async throws {
        for round in 0..<5 {
            let directory = "\(self.fixture.root)/race\(round)"
            let fixture = self.fixture
            let ids = try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let spool = try fixture.open { $0.directory = directory }
                        try await spool.append([.make("\(number)"), .make("shared")])
                    }
                }
                try await group.waitForAll()
                let spool = try fixture.open { $0.directory = directory }
                return try await withSession(spool) { try await $0.allFresh().map(\.id) }
            }
            #expect(ids == Array(1...9))
        }
    }

    // MARK: Broken files

    @Test(arguments: ["garbage", "header", "truncated", "tail"])
    func aBrokenFileIsSetAsideAndTheSpoolGoesOn(kind: String) async throws {
        let spool = try self.fixture.open()
        for round in 0..<20 { try await spool.append((0..<50).map { .make("\(round)/\($0)") }) }
        spool.close()
        var bytes = readFile(self.fixture.database)
        switch kind {
        case "garbage": bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        case "header": for index in 0..<100 { bytes[index] = 0xA5 }
        case "truncated": bytes = Array(bytes.prefix(bytes.count / 3 + 100))
        default: for index in bytes.indices.dropFirst(4096) { bytes[index] = 0xA5 }
        }
        writeFile(self.fixture.database, bytes)
        let reopened = try self.fixture.open()
        // Some damage shows only when the page is read: then the first try is answered with an error.
        _ = try? await reopened.append([.make("probe")])
        _ = try? await withSession(reopened) { try await $0.allFresh() }
        _ = try? reopened.statistics()
        try await reopened.append([.make("new")])
        let calls = try await withSession(reopened) { try await $0.allFresh().map(\.messageId) }
        #expect(calls.last == "new")
        #expect(calls.count <= 2)
        #expect(self.fixture.files.contains { $0.hasPrefix("spool.sqlite.corrupt-2026") })
        #expect(self.fixture.log.lines(at: .critical).count == 1)
        #expect(reopened.refusing == nil)
    }

    @Test
    func anEmptyFileBecomesASpool() async throws {
        unsafe mkdir(self.fixture.directory, 0o750)
        writeFile(self.fixture.database, [])
        let spool = try self.fixture.open()
        try await spool.append([.make("1")])
        #expect(self.fixture.log.lines(at: .critical).isEmpty)
    }

    @Test
    func aGarbageLogLosesNothingThatWasCopied() async throws {
        let spool = try self.fixture.open()
        try await spool.append([.make("1"), .make("2")])
        spool.close()
        writeFile(self.fixture.database + "-wal", (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        let reopened = try self.fixture.open()
        try await reopened.append([.make("3")])
        let calls = try await withSession(reopened) { try await $0.allFresh().map(\.messageId) }
        #expect(calls == ["1", "2", "3"])
        #expect(self.fixture.log.lines(at: .critical).isEmpty)
    }

    @Test
    func aTornLogKeepsEveryWholeCommit() async throws {
        let spool = try self.fixture.open()
        for number in 1...50 { try await spool.append([.make("\(number)")]) }
        let database = readFile(self.fixture.database)
        let log = readFile(self.fixture.database + "-wal")
        #expect(log.count > 100_000)
        var last = 0
        for cut in stride(from: 0, through: log.count, by: 1777) {
            let copy = try SpoolFixture()
            unsafe mkdir(copy.directory, 0o750)
            writeFile(copy.database, database)
            writeFile(copy.database + "-wal", Array(log.prefix(cut)))
            let torn = try copy.open()
            let ids = try await withSession(torn) { try await $0.allFresh().map(\.id) }
            #expect(ids == Array(ids.indices.map { Int64($0) + 1 }))
            #expect(ids.count >= last)
            last = ids.count
            try await torn.append([.make("after")])
        }
        #expect(last >= 49)
    }

    /// A disk that changes what was synced: SQLite forgets what stands behind it in the log, which must not be silent.
    @Test(arguments: [3, 12, 30, 70, 5_000, 40_000, 80_000])
    func aFlippedBitInTheLogIsReportedAndTheLogKept(at place: Int) async throws {
        let spool = try self.fixture.open()
        for number in 1...50 { try await spool.append([.make("\(number)")]) }
        let copy = try SpoolFixture()
        unsafe mkdir(copy.directory, 0o750)
        writeFile(copy.database, readFile(self.fixture.database))
        var log = readFile(self.fixture.database + "-wal")
        log[place] ^= 0x10
        writeFile(copy.database + "-wal", log)

        let reopened = try copy.open()
        try await reopened.append([.make("new")])
        let calls = try await withSession(reopened) { try await $0.allFresh().map(\.messageId) }
        #expect(calls.last == "new")
        // What stands before the damage is there, without a gap.
        #expect(calls.dropLast() == (1..<calls.count).map(String.init)[...])
        #expect(reopened.refusing == nil)
        let kept = copy.files.filter { $0.hasPrefix("spool.sqlite-wal.damaged-2026") }
        if place == 3 {
            // No log at all by its first bytes: SQLite ignores it, and so do we.
            #expect(kept.isEmpty)
            return
        }
        #expect(calls.count < 51)
        #expect(copy.log.lines(at: .critical).count == 1)
        #expect(kept.map { readFile("\(copy.directory)/\($0)") } == [log])
        // The next one to open it sees no damage any more.
        let second = try copy.open()
        try await second.append([.make("newer")])
        #expect(copy.log.lines(at: .critical).count == 1)
    }

    /// The last commit, of which the power took a part: nobody was told that it is kept.
    @Test
    func aTornLastCommitIsNoDamage() async throws {
        let spool = try self.fixture.open()
        for number in 1...50 { try await spool.append([.make("\(number)")]) }
        let database = readFile(self.fixture.database)
        let log = readFile(self.fixture.database + "-wal")
        #expect(WriteAheadLog.condition(at: self.fixture.database + "-wal") == .whole)
        let frame = 24 + Schema.pageSize
        let frames = (log.count - 32) / frame
        // The frame that ends the last commit but one.
        let commits = (0..<frames).filter { log[(32 + $0 * frame + 4)..<(32 + $0 * frame + 8)] != [0, 0, 0, 0] }
        let first = try #require(commits.dropLast().last) + 1
        for torn in first..<frames {
            let copy = try SpoolFixture()
            unsafe mkdir(copy.directory, 0o750)
            writeFile(copy.database, database)
            var log = log
            for index in 0..<512 { log[32 + torn * frame + 24 + index] = 0 }
            writeFile(copy.database + "-wal", log)
            #expect(WriteAheadLog.condition(at: copy.database + "-wal") == .torn)
            let reopened = try copy.open()
            try await reopened.append([.make("new")])
            let calls = try await withSession(reopened) { try await $0.allFresh().map(\.messageId) }
            #expect(calls == (1...49).map(String.init) + ["new"])
            #expect(copy.log.lines(at: .critical).isEmpty)
        }
    }

    // MARK: Files that go away while open

    @Test
    func aDeletedFileIsNoticedAndMadeAnew() async throws {
        let spool = try self.fixture.open()
        try await spool.append([.make("1")])
        for suffix in ["", "-wal", "-shm"] { unsafe unlink(self.fixture.database + suffix) }
        try await spool.append([.make("2")])
        let other = try self.fixture.open()
        let calls = try await withSession(other) { try await $0.allFresh().map(\.messageId) }
        #expect(calls == ["2"])
        #expect(self.fixture.log.lines(at: .critical).count == 1)
    }

    @Test
    func aDirectoryThatGoesAwayIsMadeAnewAndTheDeliveryLockWithIt() async throws {
        let spool = try self.fixture.open()
        let session = try await spool.acquireDelivery()
        try await spool.append([.make("1")])
        removeTree(self.fixture.directory)
        await #expect(throws: Self.isCode(.missing)) { try await session.allFresh() }
        try await spool.append([.make("2")])
        await #expect(throws: Self.isCode(.missing)) { try await session.allFresh() }
        await session.release()
        let calls = try await withSession(spool) { try await $0.allFresh().map(\.messageId) }
        #expect(calls == ["2"])
        #expect(self.fixture.files.contains("commit.lock"))
    }

    /// A deliverer may still have ids of the old database in hand: they must not settle calls of the new one.
    @Test
    func anotherDatabaseEndsTheSessionAndGivesOutOtherIds() async throws {
        let spool = try self.fixture.open()
        try await spool.append([.make("1"), .make("2")])
        let session = try await spool.acquireDelivery()
        #expect(try await session.allFresh().map(\.id) == [1, 2])
        for suffix in ["", "-wal", "-shm"] { unsafe unlink(self.fixture.database + suffix) }
        await #expect(throws: Self.isCode(.missing)) { try await session.settle([.delivered(id: 1)]) }
        try await spool.append([.make("3"), .make("4")])
        await #expect(throws: Self.isCode(.missing)) { try await session.settle([.delivered(id: 1)]) }
        await #expect(throws: Self.isCode(.missing)) { try await session.allFresh() }
        await session.release()
        let ids = try await withSession(spool) { try await $0.allFresh().map(\.id) }
        let first = self.fixture.now.load(ordering: .relaxed) * 1000 + 1
        #expect(ids == [first, first + 1])
    }

    @Test
    func aFileSetAsideByOneSpoolIsLeftByTheOthers() async throws {
        let first = try self.fixture.open()
        let second = try self.fixture.open()
        try await second.append([.make("1")])
        unsafe rename(self.fixture.database, self.fixture.database + ".away")
        for suffix in ["-wal", "-shm"] {
            unsafe rename(self.fixture.database + suffix, self.fixture.database + ".away" + suffix)
        }
        try await first.append([.make("2")])
        try await second.append([.make("3")])
        let calls = try await withSession(first) { try await $0.allFresh().map(\.messageId) }
        #expect(calls == ["2", "3"])
    }
}
