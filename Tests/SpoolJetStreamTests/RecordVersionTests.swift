import JSON
import Logging
import Spool
import Synchronization
import TestSupport
import Testing

@testable import SpoolJetStream

/// What a later version wrote is left for it, whatever kind of record it is: never taken for somebody else's.
@Suite(.timeLimit(.minutes(2)))
struct RecordVersionTests {
    private static let call = StoredCall(
        id: 1,
        source: "demo",
        kind: 1,
        lane: 1,
        messageId: "later",
        traceId: "t",
        receivedAt: 1,
        body: [0x7B, 0x7D]
    )

    private static let letter = DeadLetter(
        call: Self.call,
        reason: DeadReason(code: "hydra_rejected", status: 400, message: "m", answer: "a", attempts: 1, at: 1)
    )

    /// The bytes of each kind with the version at this place raised, and what decoding finds.
    enum Kind: String, CaseIterable, Sendable {
        case call, dead, deadWithNewCall, lease, journal, rejected

        func decoded(_ change: (inout [UInt8], Int) -> Void) -> (isRecord: Bool, neededVersion: UInt8?) {
            func found<Record>(_ decoded: Decoded<Record>) -> (Bool, UInt8?) {
                (decoded.record != nil, decoded.neededVersion)
            }
            var bytes: [UInt8]
            switch self {
            case .call:
                bytes = CallRecord.encode(RecordVersionTests.call)
                change(&bytes, 2)
                return found(CallRecord.decode(bytes, id: 1))
            case .dead:
                bytes = DeadRecord.encode(RecordVersionTests.letter)
                change(&bytes, 0)
                return found(DeadRecord.decode(bytes))
            case .deadWithNewCall:
                bytes = DeadRecord.encode(RecordVersionTests.letter)
                change(&bytes, bytes.count - CallRecord.encode(RecordVersionTests.call).count + 2)
                return found(DeadRecord.decode(bytes))
            case .lease:
                bytes = LeaseRecord(isReleased: false, holder: 1, owner: "o", summary: LedgerSummary()).bytes
                change(&bytes, 0)
                return found(LeaseRecord.decode(bytes))
            case .journal:
                bytes = JournalRecord.term(1, owner: "o").bytes
                change(&bytes, 0)
                return found(JournalRecord.decode(bytes))
            case .rejected:
                let event = RejectedEvent(
                    source: "s",
                    code: "c",
                    message: "m",
                    messageId: nil,
                    traceId: "t",
                    receivedAt: 1,
                    raw: []
                )
                bytes = RejectedRecordCoding.encode(event)
                change(&bytes, 0)
                return found(RejectedRecordCoding.decode(bytes, id: 1))
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func aLaterVersionIsNamed(kind: Kind) {
        #expect(kind.decoded { _, _ in } == (true, nil))
        #expect(kind.decoded { $0[$1] = 2 } == (false, 2))
        #expect(kind.decoded { $0[$1] = 200 } == (false, 200))
        #expect(kind.decoded { $0[$1] = 0 } == (false, nil))
        // What is cut off is none of ours, and never a later version.
        #expect(kind.decoded { bytes, version in bytes = Array(bytes.prefix(version + 3)) } == (false, nil))
        #expect(kind.decoded { bytes, _ in bytes = [] } == (false, nil))
    }

    private func publish(_ fixture: JetStreamFixture, _ subject: String, _ payload: [UInt8]) async throws {
        let client = try JetStreamClient(fixture.configuration(), logger: fixture.logger)
        defer { client.close() }
        _ = try await client.publish(OutgoingMessage(subject, payload))
    }

    private func raised(_ bytes: [UInt8], at index: Int) -> [UInt8] {
        var bytes = bytes
        bytes[index] = 2
        return bytes
    }

    private func expectHandedBack(_ fixture: JetStreamFixture) {
        let lines = fixture.log.lines(at: .error).filter { $0.contains("a partition is handed back") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("record version 2 is needed") == true)
    }

    @Test
    func aCallOfALaterVersionIsNotSettled() async throws {
        let fixture = try JetStreamFixture()
        let spool = try fixture.open()
        try await spool.append([.make("1"), .make("2")])
        try await self.publish(fixture, "hydra.calls.0.demo", self.raised(CallRecord.encode(Self.call), at: 2))
        try await spool.append([.make("4")])
        let session = try await spool.acquireDelivery()
        let page = try await session.fresh(
            after: 0,
            sources: .all,
            limit: 10,
            maximumBytes: 1 << 20,
            maximumRows: 10
        )
        // What stands before it is delivered.
        #expect(page.calls.map(\.messageId) == ["1", "2"])
        try await session.settle(page.calls.map { .delivered(id: $0.id) })
        let error = await #expect(throws: SpoolError.self) {
            _ = try await session.fresh(
                after: page.scannedThrough,
                sources: .all,
                limit: 10,
                maximumBytes: 1 << 20,
                maximumRows: 10
            )
        }
        // The relay takes it for the end of the session.
        #expect(error?.code == .missing)
        await session.release()
        self.expectHandedBack(fixture)
        // Nothing of it is settled: the later version finds both.
        let client = try JetStreamClient(fixture.configuration(), logger: fixture.logger)
        defer { client.close() }
        let state = StreamState(try await client.ask("STREAM.INFO.hydra_CALLS_0"))
        #expect(state.last == 4)
        #expect(try spool.statistics().depth == 2)
        // This process leaves the partition alone for a while.
        let waits = Task { try await spool.acquireDelivery() }
        try await Task.sleep(for: .milliseconds(800))
        #expect(try spool.statistics().partitions.first?.owner == nil)
        waits.cancel()
        _ = try? await waits.value
    }

    @Test
    func aJournalOfALaterVersionIsLeftAlone() async throws {
        let fixture = try JetStreamFixture()
        let spool = try fixture.open()
        try await spool.append([.make("1")])
        try await self.publish(fixture, "hydra.journal.0", [2, 9, 9])
        let waits = Task { try await spool.acquireDelivery() }
        let until = ContinuousClock.now + .seconds(20)
        while fixture.log.lines(at: .error).isEmpty, ContinuousClock.now < until {
            try await Task.sleep(for: .milliseconds(50))
        }
        self.expectHandedBack(fixture)
        waits.cancel()
        _ = try? await waits.value
    }

    @Test
    func aLeaseOfALaterVersionIsNotTaken() async throws {
        let fixture = try JetStreamFixture()
        let spool = try fixture.open()
        try await self.publish(fixture, "hydra.owners.0", [2, 9, 9])
        let waits = Task { try await spool.acquireDelivery() }
        // Longer than a lease lasts.
        try await Task.sleep(for: PartitionLease.duration + .seconds(2))
        let client = try JetStreamClient(fixture.configuration(), logger: fixture.logger)
        defer { client.close() }
        let stream = StreamState(try await client.ask("STREAM.INFO.hydra_OWNERS"))
        #expect(stream.last == 1)
        let lines = fixture.log.lines(at: .error).filter { $0.contains("record version 2 is needed") }
        #expect(lines.count == 1)
        waits.cancel()
        _ = try? await waits.value
    }

    @Test
    func aLeaseThatCannotBeWrittenIsAskedForInPeaceAndToldOnce() async throws {
        let fixture = try JetStreamFixture()
        let spool = try fixture.open()
        let client = try JetStreamClient(fixture.configuration(), logger: fixture.logger)
        defer { client.close() }
        // Reading works, and writing is refused at once.
        let config = try #require(try await client.ask("STREAM.INFO.hydra_OWNERS").root["config"]).rawString
        let bounded = config.replacing(#""max_msg_size":-1"#, with: #""max_msg_size":1"#)
        #expect(bounded != config)
        _ = try await client.ask("STREAM.UPDATE.hydra_OWNERS", Array(bounded.utf8))
        let counted = Atomic<Int>(0)
        let subscription = try client.subscribe("hydra.owners.0") { _ in counted.add(1, ordering: .relaxed) }
        let waits = Task { try await spool.acquireDelivery() }
        try await Task.sleep(for: .seconds(3))
        // Three a second, for one partition.
        #expect((1...15).contains(counted.load(ordering: .relaxed)))
        let lines = fixture.log.lines(at: .error).filter { $0.contains("a partition cannot be delivered") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("hydra_OWNERS") == true)
        _ = try await client.ask("STREAM.UPDATE.hydra_OWNERS", Array(config.utf8))
        let session = try await waits.value
        #expect(fixture.log.lines(at: .notice).contains { $0.contains("a partition can be delivered again") })
        await session.release()
        _ = subscription
    }

    @Test(
        arguments: [
            ("", []), ("TQ==", [0x4D]), ("TWE=", [0x4D, 0x61]), ("TWFu", [0x4D, 0x61, 0x6E]),
            ("TWFuTQ==", [77, 97, 110, 77]),
            ("TQ", nil), ("TQ=", nil), ("T===", nil), ("====", nil), ("=TQ=", nil), ("TQ==TQ==", nil), ("T=Q=", nil),
            ("TR==", nil), ("TWF=", nil), ("TWF\n", nil), ("TWF-", nil),
        ] as [(String, [UInt8]?)]
    )
    func base64IsReadStrictly(text: String, bytes: [UInt8]?) {
        #expect(StoredMessage.decodeBase64(text) == bytes)
    }
}
