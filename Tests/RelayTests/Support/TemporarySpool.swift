import Foundation
import Logging
import Spool

/// A real spool in a directory of its own, which is removed with it.
final class TemporarySpool: Sendable {
    let spool: SQLiteSpool
    private let directory: String

    init() throws {
        self.directory = NSTemporaryDirectory() + "relay-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: self.directory, withIntermediateDirectories: true)
        self.spool = try SQLiteSpool(
            configuration: SQLiteSpoolConfiguration(directory: self.directory),
            logger: quietLogger
        )
    }

    deinit {
        self.spool.close()
        try? FileManager.default.removeItem(atPath: self.directory)
    }

    /// Removes the database under the running spool, as a mistaken administrator would.
    func deleteFiles() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: self.directory)
        where name.hasPrefix("spool.sqlite") {
            try FileManager.default.removeItem(atPath: self.directory + "/" + name)
        }
    }

    /// Appends calls, whose message ids are their numbers, and returns when they are on disk.
    func append(_ numbers: Range<Int>, source: String = "demo", kind: UInt8 = 2, lane: (Int) -> Int64) async throws {
        let calls = numbers.map { number in
            NewCall(
                source: source,
                kind: kind,
                lane: lane(number),
                dedupe: DedupeKey(high: UInt64(number), low: UInt64(source.utf8.count)),
                messageId: "\(number)",
                traceId: "trace-\(number)",
                receivedAt: 1,
                body: Array(#"{"type":"track","messageId":"\#(number)"}"#.utf8)
            )
        }
        let spool = self.spool
        _ = try await withCheckedThrowingContinuation { continuation in
            spool.append(AppendBatch(calls: calls, rejected: [])) { continuation.resume(with: $0) }
        }
    }
}

/// Says nothing.
var quietLogger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
