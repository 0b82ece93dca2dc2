import Glibc
import Logging
import TestSupport
import Testing

@testable import Spool

@Suite(.timeLimit(.minutes(2)))
struct SpoolBoundsTests {
    private static func kilobytes(_ id: String, _ count: Int) -> NewCall {
        .make(id, body: [UInt8](repeating: 7, count: count * 1024))
    }

    /// Appends until the spool refuses; returns how many batches it took and the error.
    private static func fill(_ spool: SQLiteSpool, _ label: String) async throws -> (Int, SpoolError) {
        for number in 0..<100_000 {
            do {
                try await spool.append([Self.kilobytes("\(label)\(number)", 16)])
            } catch let error as SpoolError {
                return (number, error)
            }
        }
        throw FixtureError.system(0)
    }

    /// Delivers everything, again and again while the disk does not let it.
    private static func drain(_ spool: SQLiteSpool) async throws {
        try await withSession(spool) { session in
            var after: Int64 = 0
            while true {
                let calls = try await session.fresh(after: after, limit: 50, maximumBytes: .max)
                guard let last = calls.last else { return }
                while true {
                    do {
                        try await session.settle(calls.map { .delivered(id: $0.id) })
                        break
                    } catch let error as SpoolError where error.code == .full {
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                after = last.id
            }
        }
    }

    private static func waitUntilTaken(_ spool: SQLiteSpool) async throws {
        while spool.refusing != nil { try await Task.sleep(for: .milliseconds(20)) }
    }

    @Test
    func aFullSpoolRefusesUntilItIsDrained() async throws {
        let fixture = try SpoolFixture()
        let spool = try fixture.open { $0.maximumBytes = 4 << 20 }
        let (count, error) = try await Self.fill(spool, "a")
        #expect(error.code == .full)
        #expect(error.retryAfterSeconds > 0)
        #expect(error.message.contains(fixture.directory))
        #expect(error.message.contains("raise the bound"))
        #expect(count > 100)
        #expect(spool.refusing == error)
        let full = try spool.statistics()
        #expect(full.refusing == error)
        #expect(full.bytes <= 4 << 20)
        #expect(full.fresh == count)
        try await Self.drain(spool)
        try await Self.waitUntilTaken(spool)
        let (again, _) = try await Self.fill(spool, "b")
        #expect(again > count / 2)
    }

    @Test
    func tooLittleFreeSpaceRefusesCallsButNotSettlements() async throws {
        let fixture = try SpoolFixture()
        let filled = try fixture.open()
        try await filled.append([.make("1"), .make("2")])
        filled.close()
        let spool = try fixture.open { $0.minimumFreeBytes = .max / 2 }
        await #expect(throws: SpoolFilesTests.isCode(.diskLow)) { try await spool.append([.make("3")]) }
        #expect(spool.refusing?.code == .diskLow)
        #expect(spool.refusing?.message.contains(fixture.directory) == true)
        try await Self.drain(spool)
        #expect(try spool.statistics().depth == 0)
    }

    @Test
    func bothStatesAreLoggedOnce() async throws {
        let fixture = try SpoolFixture()
        let spool = try fixture.open { $0.maximumBytes = 2 << 20 }
        _ = try await Self.fill(spool, "a")
        for number in 0..<20 { _ = try? await spool.append([.make("more\(number)")]) }
        try await Self.drain(spool)
        try await Self.waitUntilTaken(spool)
        #expect(fixture.log.lines(at: .warning).count == 1)
        #expect(fixture.log.lines(at: .notice).count == 1)
    }

    // MARK: Real file systems

    @Test(.enabled(if: TestMount.isPermitted, "mounting a small file system needs root and permission"))
    func aFullDiskRefusesAndRecoversByItself() async throws {
        let mount = try TestMount(megabytes: 16)
        let fixture = try SpoolFixture(root: mount.path)
        let spool = try fixture.open()
        let (count, error) = try await Self.fill(spool, "a")
        #expect(error.code == .diskLow)
        #expect(error.message.contains("Free disk space"))
        #expect(count > 100)
        #expect(try spool.statistics().fresh == count)
        // Deliveries alone make room again.
        try await Self.drain(spool)
        try await Self.waitUntilTaken(spool)
        try await spool.append([.make("after")])
        #expect(try spool.statistics().fresh == 1)
    }

    @Test(.enabled(if: TestMount.isPermitted, "mounting a small file system needs root and permission"))
    func aDiskThatOthersFillRefusesUntilTheyFreeIt() async throws {
        let mount = try TestMount(megabytes: 16)
        let fixture = try SpoolFixture(root: mount.path)
        let spool = try fixture.open()
        try await spool.append((0..<100).map { Self.kilobytes("\($0)", 16) })
        let other = "\(mount.path)/other"
        writeFile(other, [UInt8](repeating: 1, count: 32 << 20))
        let (_, error) = try await Self.fill(spool, "b")
        #expect(error.code == .diskLow || error.code == .full)
        #expect(spool.refusing != nil)
        unsafe unlink(other)
        try await Self.waitUntilTaken(spool)
        try await spool.append([.make("free again")])
        try await Self.drain(spool)
        #expect(try spool.statistics().depth == 0)
        #expect(try spool.statistics().delivered == 101)
    }

    /// Nobody frees anything: what makes room are the deliveries, whose settlements have to find some.
    @Test(.enabled(if: TestMount.isPermitted, "mounting a small file system needs root and permission"))
    func aDiskThatOthersFillToTheBrimIsDrainedAllTheSame() async throws {
        let mount = try TestMount(megabytes: 16)
        let fixture = try SpoolFixture(root: mount.path)
        let spool = try fixture.open()
        // They stand in the log alone, when the database cannot grow by them any more.
        let count = 20
        for number in 0..<count { try await spool.append([Self.kilobytes("\(number)", 16)]) }
        writeFile("\(mount.path)/other", [UInt8](repeating: 1, count: 32 << 20))
        #expect(SpoolDirectory(path: fixture.directory).freeBytes == 0)
        try await Self.drain(spool)
        #expect(try spool.statistics().depth == 0)
        #expect(try spool.statistics().delivered == count)
    }

    /// A command looks while the disk is full: it is told what there is, and takes nothing.
    @Test(.enabled(if: TestMount.isPermitted, "mounting a small file system needs root and permission"))
    func lookingAtAFullSpoolChangesNothing() async throws {
        let mount = try TestMount(megabytes: 16)
        let fixture = try SpoolFixture(root: mount.path)
        let spool = try fixture.open()
        let (count, _) = try await Self.fill(spool, "a")
        writeFile("\(mount.path)/other", [UInt8](repeating: 1, count: 32 << 20))
        let log = readFile("\(fixture.database)-wal").count
        #expect(log > 0)
        for _ in 0..<3 {
            let looking = try fixture.open { $0.looksOnly = true }
            #expect(try looking.statistics().fresh == count)
            looking.close()
        }
        // A commit of the gateway itself may come on top; a command that closes would empty it.
        #expect(readFile("\(fixture.database)-wal").count >= log)
    }

    @Test(.enabled(if: TestMount.isPermitted, "mounting a small file system needs root and permission"))
    func aReadOnlyDiskIsAClearErrorAtStart() throws {
        let mount = try TestMount(megabytes: 4)
        let fixture = try SpoolFixture(root: mount.path)
        unsafe mkdir(fixture.directory, 0o750)
        try mount.remount(readOnly: true)
        do throws(SpoolError) {
            _ = try fixture.open()
            Issue.record("a read-only spool was opened")
        } catch {
            #expect(error.code == .readOnly)
            #expect(error.message.contains(fixture.directory))
        }
        try mount.remount(readOnly: false)
        _ = try fixture.open()
    }

    @Test(.enabled(if: TestMount.isPermitted, "mounting a small file system needs root and permission"))
    func aDiskThatFillsBeforeTheStartIsAClearError() throws {
        let mount = try TestMount(megabytes: 1)
        writeFile("\(mount.path)/other", [UInt8](repeating: 1, count: 2 << 20))
        let fixture = try SpoolFixture(root: mount.path)
        do throws(SpoolError) {
            _ = try fixture.open()
            Issue.record("a spool was made on a full disk")
        } catch {
            #expect(error.code == .full)
        }
    }
}
