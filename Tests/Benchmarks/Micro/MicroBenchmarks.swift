import Foundation
import Hydra
import JSON
import Logging
import Segment
import Spool
import Telemetry

/// The hot path piece by piece: parse, convert, append, settle, log line. Not shipped.
///
/// `micro-benchmarks [SECONDS [PART]]`: at least SECONDS (0.3) for each of the samples; only what has PART in its name.
/// The spool is made below the working directory, since /tmp may be memory, where commits cost nothing.
///
/// A program without a benchmark package: what it measures has `package` access, which ends at the package, so a nested
/// package could not call it, and the product's own manifest is not to depend on a measuring tool.
@main
enum MicroBenchmarks {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let stopwatch = Stopwatch(
            seconds: arguments.first.flatMap { Double($0) } ?? 0.3,
            filter: arguments.dropFirst().first ?? ""
        )
        stopwatch.printHead()
        try await self.parse(stopwatch)
        try await self.convert(stopwatch)
        try await self.log(stopwatch)
        try await self.spool(stopwatch)
    }

    private static func parse(_ stopwatch: Stopwatch) async throws {
        let reader = EventReader(limits: SegmentLimits())
        let facts = SampleEvents.facts
        let single = SampleEvents.single(1)
        try await stopwatch.measure("parse: an event of \(single.count) B", count: 1_000) {
            for _ in 0..<1_000 {
                let batch = try reader.read(single, route: .event(.track), facts: facts, makeMessageId: { "" })
                guard batch.events.count == 1 else { throw WrongResult() }
            }
        }
        let many = SampleEvents.batch(100)
        try await stopwatch.measure("parse: an event in a batch of 100", count: 1_000) {
            for _ in 0..<10 {
                let batch = try reader.read(many, route: .batch, facts: facts, makeMessageId: { "" })
                guard batch.events.count == 100 else { throw WrongResult() }
            }
        }
    }

    private static func convert(_ stopwatch: Stopwatch) async throws {
        let reader = EventReader(limits: SegmentLimits())
        let batch = try reader.read(
            SampleEvents.single(1),
            route: .event(.track),
            facts: SampleEvents.facts,
            makeMessageId: { "" }
        )
        guard let event = batch.events.first else { throw WrongResult() }
        try await stopwatch.measure("convert: the body of a call", count: 1_000) {
            for _ in 0..<1_000 {
                guard self.body(of: event).count > event.value.range.count else { throw WrongResult() }
            }
        }
    }

    /// What `EventConverter` makes of an event.
    private static func body(of event: Event) -> [UInt8] {
        var writer = JSONWriter(reserving: event.value.range.count + 512)
        event.writePartnerForm(into: &writer, ipPolicy: .truncate, fillIP: "203.0.113.7")
        CallBody.finish(&writer, kind: .track, source: "demo", sequence: 1, properties: event.properties)
        return writer.bytes
    }

    /// The line of a request that was answered 200, into a file.
    private static func log(_ stopwatch: Stopwatch) async throws {
        let directory = try self.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let sink = try LogSink(.file(directory + "/log.jsonl"), capacityBytes: 64 << 20)
        defer { sink.close() }
        try await stopwatch.measure("log line: formatted and queued", count: 1_000) {
            for number in 0..<1_000 {
                var line = LogLine(level: .info, message: "request", action: "intake", dataset: "hydra-gateway")
                line.add(FieldName.eventOutcome, "success" as StaticString)
                line.add(FieldName.eventDuration, 1_234_567 as UInt64)
                line.add(FieldName.traceID, "0123456789abcdef0123456789abcdef")
                line.add(FieldName.requestMethod, "POST")
                line.add(FieldName.urlPath, "/v1/track" as StaticString)
                line.add(FieldName.responseStatus, 200)
                line.add(FieldName.requestBodyBytes, 350)
                line.add(FieldName.source, "demo")
                line.add(FieldName.messageID, "4f1d3c52-9b1e-4a77-8c55-000000000001")
                line.add(FieldName.callType, "track")
                line.add("labels.accepted", number)
                sink.write(line.finish())
            }
        }
        guard sink.flush(), sink.dropped == 0 else { throw WrongResult() }
    }

    private static func spool(_ stopwatch: Stopwatch) async throws {
        let directory = try self.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let spool = try SQLiteSpool(
            configuration: SQLiteSpoolConfiguration(directory: directory + "/spool"),
            logger: Logger(label: "micro-benchmarks")
        )
        defer { spool.close() }
        let work = SpoolWork(spool: spool, body: SampleEvents.single(1))
        for (name, count, size, clients) in [
            ("append: one call, one at a time", 200, 1, 1),
            ("append: one call, 64 at a time", 6_400, 1, 64),
            ("append: a call in batches of 100, 8 at a time", 80, 100, 8),
        ] {
            try await stopwatch.measure(name, count: count * size) {
                try await work.append(count, size: size, clients: clients)
            }
        }
        let session = try await spool.acquireDelivery()
        for size in [16, 500] {
            let count = 2_000 / size
            try await stopwatch.measure("settle: a call read and delivered, \(size) at a time", count: count * size) {
                try await work.append(count, size: size, clients: 8)
            } _: {
                for _ in 0..<count { try await work.deliver(size, in: session) }
            }
        }
        await session.release()
    }

    private static func makeDirectory() throws -> String {
        var template = Array("\(FileManager.default.currentDirectoryPath)/.build/micro-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw WrongResult() }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// What was measured did not do what it should have.
struct WrongResult: Error {}
