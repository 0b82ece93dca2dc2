internal import Logging
internal import Spool
internal import Synchronization

/// The log of what became of a partition's calls. Only who wrote its last record may write the next: the servers refuse
/// everybody else, whatever he thinks that he owns.
///
/// One task at a time: the session that owns it lets one settle at a time.
final class PartitionJournal: Sendable {
    private struct State {
        var last: UInt64
        /// Counts records, to name each one.
        var count: UInt64 = 0
        /// A record of which it is not known whether it is stored: nothing else may be written before that is known.
        var uncertain: OutgoingMessage?
        /// Records and bytes behind the last snapshot.
        var records = 0
        var bytes = 0
    }

    private let client: JetStreamClient
    private let stream: String
    private let subject: String
    private let partition: Int
    private let term: UInt64
    private let state: Mutex<State>

    /// Beyond either, a snapshot is written: reading the journal stays a matter of milliseconds.
    private static let snapshotRecords = 2_000
    private static let snapshotBytes = 8 << 20

    private init(_ client: JetStreamClient, _ layout: StreamLayout, _ partition: Int, term: UInt64, last: UInt64) {
        self.client = client
        self.stream = layout.journal(partition)
        self.subject = layout.journalSubject(partition)
        self.partition = partition
        self.term = term
        self.state = Mutex(State(last: last))
    }

    // MARK: Opening

    /// Why a journal cannot be opened.
    enum OpeningError: Error {
        case request(RequestError)
        /// A record in it needs this version.
        case newer(UInt8)
    }

    /// Shuts out the owner before, and reads what he left.
    static func open(
        _ client: JetStreamClient,
        _ layout: StreamLayout,
        partition: Int,
        term: UInt64,
        owner: String,
        logger: Logger
    ) async throws(OpeningError) -> (PartitionJournal, PartitionLedger) {
        let stream = layout.journal(partition)
        var first: UInt64 = 1
        var last: UInt64 = 0
        while true {
            let state = StreamState(
                try await Self.asked { () throws(RequestError) in try await client.ask("STREAM.INFO.\(stream)") }
            )
            first = max(1, state.first)
            var message = OutgoingMessage(
                layout.journalSubject(partition),
                JournalRecord.term(term, owner: owner).bytes
            )
            message.messageId = "\(term).term"
            message.expectedLastSequence = state.last
            do throws(RequestError) {
                last = try await client.publish(message).sequence
                break
            } catch {
                // The owner before is still writing: what he wrote counts.
                guard error.errCode == APIError.wrongLastSequence else { throw .request(error) }
            }
        }
        let journal = PartitionJournal(client, layout, partition, term: term, last: last)
        var ledger = PartitionLedger()
        var parts: [LedgerSnapshot] = []
        let records = first < last ? Array(first..<last) : []
        let messages = try await Self.asked { () throws(RequestError) in
            try await client.storedMessages(stream: stream, sequences: records)
        }
        for message in messages {
            let decoded = JournalRecord.decode(message.payload)
            if let version = decoded.neededVersion { throw .newer(version) }
            guard let record = decoded.record else {
                logger.error(
                    "a record of the journal is unreadable: calls that it settled are delivered again",
                    metadata: ["stream": "\(stream)", "sequence": "\(message.sequence)"]
                )
                continue
            }
            switch record {
            case .term: parts = []
            case .settled(let change): ledger.apply(change)
            case .snapshot(let part, let isLast, let snapshot):
                if part == 0 { parts = [] }
                parts.append(snapshot)
                // One that was broken off does not count.
                if isLast, parts.count == Int(part) + 1 { ledger = PartitionLedger(parts) }
            }
        }
        journal.state.withLock { state in
            state.records = records.count
        }
        return (journal, ledger)
    }

    private static func asked<Value>(
        _ body: () async throws(RequestError) -> Value
    ) async throws(OpeningError) -> Value {
        do throws(RequestError) {
            return try await body()
        } catch {
            throw .request(error)
        }
    }

    // MARK: Writing

    /// Writes a record that nobody knows of whether it was written; does nothing when there is none.
    func resolve() async throws {
        guard let message = self.state.withLock({ $0.uncertain }) else { return }
        try await self.write(message)
    }

    /// Returns when a majority has the record. After a failure, the record may still be written, and no other one is before
    /// that is known.
    func write(_ record: JournalRecord) async throws {
        let bytes = record.bytes
        let message = self.state.withLock { state -> OutgoingMessage in
            var message = OutgoingMessage(self.subject, bytes)
            state.count += 1
            // By its id the servers know it when it is sent again.
            message.messageId = "\(self.term).\(state.count)"
            message.expectedLastSequence = state.last
            message.isUrgent = true
            state.uncertain = message
            return message
        }
        try await self.write(message)
    }

    private func write(_ message: OutgoingMessage) async throws {
        let until = ContinuousClock.now + JetStreamClient.patience
        while true {
            do throws(RequestError) {
                let ack = try await self.client.publish(message)
                self.state.withLock { state in
                    state.last = ack.sequence
                    state.uncertain = nil
                    state.records += 1
                    state.bytes += message.payload.count
                }
                return
            } catch {
                if error.errCode == APIError.wrongLastSequence {
                    throw SpoolError.ownershipLost(self.partition, "another gateway writes its journal")
                }
                let failure = SpoolError(error, "The stream \(self.stream)")
                guard failure.code == .unreachable, ContinuousClock.now < until else { throw failure }
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Whether it is time to write a snapshot.
    var isLong: Bool {
        self.state.withLock { $0.records >= Self.snapshotRecords || $0.bytes >= Self.snapshotBytes }
    }

    /// Writes the whole ledger and drops the records before.
    func writeSnapshot(_ ledger: PartitionLedger) async throws {
        let parts = ledger.snapshots
        var start: UInt64 = 0
        for (index, part) in parts.enumerated() {
            try await self.write(.snapshot(part: UInt32(clamping: index), isLast: index == parts.count - 1, part))
            if index == 0 { start = self.state.withLock { $0.last } }
        }
        self.state.withLock { state in
            state.records = parts.count
            state.bytes = 0
        }
        // When it fails, the next one drops these as well.
        _ = try? await self.client.ask("STREAM.PURGE.\(self.stream)", Array(#"{"seq":\#(start)}"#.utf8))
    }
}
