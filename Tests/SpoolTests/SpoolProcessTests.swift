import Dispatch
import Glibc
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Spool

/// Real processes on one directory: exit tests are children of this one.
@Suite(.timeLimit(.minutes(5)))
struct SpoolProcessTests {
    /// The spool of a child.
    private static func open(_ directory: String) throws -> SQLiteSpool {
        var configuration = SQLiteSpoolConfiguration(directory: directory)
        configuration.minimumFreeBytes = 0
        configuration.dedupeRunKeys = 500
        configuration.checkpointBytes = 512 << 10
        return try SQLiteSpool(configuration: configuration, logger: Logger(label: "child"))
    }

    @Test
    func everyAcknowledgedCallSurvivesKill9() async throws {
        let fixture = try SpoolFixture()
        var acknowledged: Set<String> = []
        for round in 0..<12 {
            let directory = fixture.directory
            let acknowledgements = "\(fixture.root)/acknowledged\(round)"
            let microseconds = UInt32(20_000 + round * 17_000)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [
                    directory = directory as String, acknowledgements = acknowledgements as String,
                    round = round as Int, microseconds = microseconds as UInt32
                ] in
                let file = unsafe Glibc.open(acknowledgements, O_WRONLY | O_CREAT | O_APPEND, 0o600)
                let spool = try Self.open(directory)
                let first = DispatchSemaphore(value: 0)
                for submitter in 0..<8 {
                    Self.submit(spool, "\(round)-\(submitter)", 0) { line in
                        var bytes = Array(line.utf8)
                        _ = unsafe write(file, &bytes, bytes.count)
                        first.signal()
                    }
                }
                first.wait()
                usleep(microseconds)
                kill(getpid(), SIGKILL)
                pause()
            }
            let lines = String(decoding: readFile(acknowledgements), as: UTF8.self).split(separator: "\n")
            #expect(!lines.isEmpty)
            acknowledged.formUnion(lines.map(String.init))
        }
        let spool = try Self.open(fixture.directory)
        let calls = try await withSession(spool) { try await $0.allFresh() }
        #expect(acknowledged.subtracting(calls.map(\.messageId)).isEmpty)
        #expect(Set(calls.map(\.messageId)).count == calls.count)
        #expect(zip(calls, calls.dropFirst()).allSatisfy { $0.id < $1.id })
        let statistics = try spool.statistics()
        #expect(statistics.fresh == calls.count)
        #expect(statistics.dedupeIds == calls.count)
        // Each submitter's calls are in the order in which they were handed in, without a gap.
        for (_, own) in Dictionary(grouping: calls.map { $0.messageId.split(separator: "/") }, by: { $0[0] }) {
            #expect(own.map { String($0[1]) } == own.indices.map(String.init))
        }
        spool.close()
    }

    /// Appends calls one after the other for ever, reporting each when it is acknowledged.
    private static func submit(
        _ spool: SQLiteSpool,
        _ name: String,
        _ number: Int,
        _ report: @escaping @Sendable (String) -> Void
    ) {
        let id = "\(name)/\(number)"
        spool.append(AppendBatch(calls: [.make(id, body: [UInt8](repeating: 7, count: number % 3000))])) { result in
            guard case .success = result else { return }
            report(id + "\n")
            Self.submit(spool, name, number + 1, report)
        }
    }

    @Test
    func severalProcessesAppendAtOnce() async throws {
        let fixture = try SpoolFixture()
        let directory = fixture.directory
        await withTaskGroup(of: Void.self) { group in
            for process in 0..<3 {
                group.addTask {
                    await #expect(processExitsWith: .success) {
                        [directory = directory as String, process = process as Int] in
                        let spool = try Self.open(directory)
                        for number in 0..<300 {
                            let receipt = try await spool.append([
                                .make("\(process)/\(number)"), .make("all/\(number)"),
                            ])
                            precondition(!receipt.duplicates.contains(0))
                        }
                        spool.close()
                    }
                }
            }
        }
        let spool = try Self.open(directory)
        let calls = try await withSession(spool) { try await $0.allFresh() }
        #expect(calls.map(\.id) == Array(1...1200))
        #expect(Set(calls.map(\.messageId)).count == 1200)
        for process in ["0", "1", "2"] {
            let own = calls.map { $0.messageId.split(separator: "/") }.filter { $0[0] == process }
            #expect(own.map { String($0[1]) } == (0..<300).map(String.init))
        }
        #expect(try spool.statistics().duplicates == 600)
        spool.close()
    }

    @Test
    func anotherProcessDeliversWhenTheDelivererIsKilled() async throws {
        let fixture = try SpoolFixture()
        let directory = fixture.directory
        let marker = "\(fixture.root)/delivering"
        unsafe mkfifo(marker, 0o600)
        let spool = try Self.open(directory)
        try await spool.append([.make("1")])
        async let child: Void = {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [directory = directory as String, marker = marker as String] in
                let spool = try Self.open(directory)
                let session = try await spool.acquireDelivery()
                let calls = try await session.fresh(after: 0, limit: 1, maximumBytes: .max)
                precondition(calls.map(\.messageId) == ["1"])
                // Tells its process id, and holds the session until it is killed.
                let file = unsafe Glibc.open(marker, O_WRONLY)
                var bytes = Array("\(getpid())\n".utf8)
                _ = unsafe write(file, &bytes, bytes.count)
                close(file)
                while true { await session.waitForAppend(seen: .max, timeout: .seconds(60)) }
            }
        }()
        let process = try await Self.readNumber(marker)
        let waiting = Task { try await spool.acquireDelivery() }
        // Its commits are heard in the other process, too; it does not end from that.
        try await spool.append([.make("2")])
        #expect(!waiting.isCancelled)
        kill(process, SIGKILL)
        let session = try await waiting.value
        #expect(try await session.allFresh().map(\.messageId) == ["1", "2"])
        await session.release()
        await child
        spool.close()
    }

    /// Waits on a thread of its own for what the other end of a FIFO writes.
    private static func readNumber(_ path: String) async throws -> pid_t {
        let text = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: String(decoding: readFile(path), as: UTF8.self))
            }
        }
        return try #require(pid_t(text.dropLast()))
    }
}
