import Foundation
import Logging
import Synchronization
import Testing

@testable import Telemetry

@Suite(.timeLimit(.minutes(1))) struct LogSinkTests {
    private func line(_ number: Int, size: Int = 0) -> [UInt8] {
        var line = LogLine(level: .info, message: "numbered", dataset: "test")
        line.add("labels.number", number)
        if size > 0 { line.add("labels.filler", String(repeating: "x", count: size)) }
        return line.finish()
    }

    private func numbers(_ text: String) throws -> [Int] {
        try JSONLines.parse(text).compactMap { $0["labels.number"] as? Int }
    }

    private func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<count {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread {
                            body(index)
                            continuation.resume()
                        }
                    }
                }
            }
        }
    }

    @Test func writesToAFileThatOthersCannotRead() throws {
        let folder = try TemporaryFolder()
        let sink = try LogSink(.file(folder.file("log.jsonl")))
        sink.write(self.line(1))
        sink.write(self.line(2))
        sink.close()
        #expect(try self.numbers(folder.text("log.jsonl")) == [1, 2])
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("log.jsonl"))
        #expect(try #require(attributes[.posixPermissions] as? Int) & 0o137 == 0)
    }

    @Test func appendsToWhatIsThere() throws {
        let folder = try TemporaryFolder()
        for number in 1...3 {
            let sink = try LogSink(.file(folder.file("log.jsonl")))
            sink.write(self.line(number))
            sink.close()
        }
        #expect(try self.numbers(folder.text("log.jsonl")) == [1, 2, 3])
    }

    @Test func aFileThatCannotBeOpenedIsAClearError() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("missing/log.jsonl")
        let error = #expect(throws: LogSinkError.self) { try LogSink(.file(path)) }
        #expect(error?.code == .notOpened)
        #expect(error?.message.contains(path) == true)
        #expect(error?.message.contains("No such file") == true)
        let directory = #expect(throws: LogSinkError.self) { try LogSink(.file(folder.path)) }
        #expect(directory?.code == .notRegular)
    }

    @Test func manyThreadsLoseNothingWhileThereIsRoom() async throws {
        let folder = try TemporaryFolder()
        let sink = try LogSink(.file(folder.file("log.jsonl")))
        await self.inThreads(8) { thread in
            for number in 0..<2000 { sink.write(self.line(thread * 2000 + number)) }
        }
        sink.close()
        #expect(sink.dropped == 0)
        let numbers = try self.numbers(folder.text("log.jsonl"))
        #expect(numbers.sorted() == Array(0..<16_000))
        // Each thread's lines are in its order.
        for thread in 0..<8 {
            let own = numbers.filter { $0 / 2000 == thread }
            #expect(own == own.sorted())
        }
    }

    @Test func everyLineOfAFloodIsWrittenOrCounted() async throws {
        let output = GatedOutput(isOpen: false)
        let sink = try LogSink(output: output, capacityBytes: 20_000)
        await self.inThreads(4) { thread in
            for number in 0..<1000 { sink.write(self.line(thread * 1000 + number)) }
        }
        // Nobody was held although the target takes nothing.
        #expect(sink.dropped > 0)
        output.open()
        sink.close()
        let lines = try JSONLines.parse(output.text)
        let written = lines.compactMap { $0["labels.number"] as? Int }
        #expect(Set(written).count == written.count)
        #expect(UInt64(written.count) + sink.dropped == 4000)
        let reported = lines.compactMap { $0["labels.count"] as? Int }
        #expect(reported.reduce(0, +) == Int(sink.dropped))
        #expect(lines.count(where: { $0["event.action"] as? String == "log_dropped" }) == reported.count)
    }

    @Test func tellsOfDropsAfterTheLinesBeforeThem() throws {
        let output = GatedOutput(isOpen: false)
        let size = self.line(0).count
        let sink = try LogSink(output: output, capacityBytes: size * 3 + 10)
        sink.write(self.line(1))
        output.entered.wait()
        for number in 2...9 { sink.write(self.line(number)) }
        #expect(sink.dropped == 6)
        output.open()
        sink.flush()
        sink.write(self.line(10))
        sink.close()
        let lines = try JSONLines.parse(output.text)
        #expect(lines.map { $0["labels.number"] as? Int ?? -1 } == [1, 2, 3, -1, 10])
        #expect(lines[3]["labels.count"] as? Int == 6)
        #expect(lines[3]["log.level"] as? String == "warning")
    }

    @Test func aFailingTargetIsTriedAgainUntilItTakesTheLines() throws {
        let output = GatedOutput(script: [.failed(28), .failed(28), .busy])
        let sink = try LogSink(output: output, capacityBytes: 100_000)
        sink.write(self.line(1))
        sink.write(self.line(2))
        #expect(sink.flush())
        sink.close()
        #expect(try self.numbers(output.text) == [1, 2])
        #expect(sink.writeFailures == 2)
        #expect(sink.dropped == 0)
    }

    @Test func aLineCutShortGoesOnWhereItEnded() throws {
        let output = GatedOutput(script: [.wrote(30), .failed(28)])
        let sink = try LogSink(output: output, capacityBytes: 100_000)
        sink.write(self.line(1))
        sink.close()
        #expect(try self.numbers(output.text) == [1])
    }

    @Test func aLineCutShortIsRepeatedWhenOthersWroteBehindIt() throws {
        let lines = [self.line(1), self.line(2), self.line(3)]
        let output = GatedOutput(
            script: [.wrote(lines[0].count), .wrote(lines[1].count + 30), .failed(28)],
            isOpen: false,
            continues: false
        )
        let sink = try LogSink(output: output, capacityBytes: 100_000)
        sink.write(lines[0])
        output.entered.wait()
        // The writer is held with the first line: these two are one batch.
        sink.write(lines[1])
        sink.write(lines[2])
        output.open()
        sink.close()
        let expected = lines[0] + lines[1] + lines[2].prefix(30) + lines[2]
        #expect(output.text == String(decoding: expected, as: UTF8.self))
    }

    @Test func aTargetThatNeverRecoversDoesNotHoldTheEnd() throws {
        let output = GatedOutput(script: Array(repeating: .failed(32), count: 1000))
        let sink = try LogSink(output: output, capacityBytes: 100_000)
        for number in 0..<7 { sink.write(self.line(number)) }
        let start = ContinuousClock.now
        sink.close()
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(sink.dropped == 7)
        // Not one try after another: ten a second at most.
        #expect(output.state.withLock { $0.attempts } < 40)
    }

    @Test func aClosedSinkCountsLaterLines() throws {
        let sink = try LogSink(.memory)
        sink.write(self.line(1))
        sink.close()
        sink.close()
        sink.write(self.line(2))
        #expect(sink.dropped == 1)
        #expect(sink.memoryLines.count == 1)
    }

    @Test func reopeningAfterARenameLosesNothing() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("log.jsonl")
        let sink = try LogSink(.file(path))
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    for number in 0..<2000 {
                        sink.write(self.line(thread * 2000 + number))
                    }
                }
            }
            group.addTask {
                for rotation in 0..<10 {
                    try? FileManager.default.moveItem(atPath: path, toPath: "\(path).\(rotation)")
                    sink.reopen()
                    sink.write(self.line(100_000 + rotation))
                    sink.flush()
                }
            }
        }
        sink.close()
        var all: [Int] = []
        for name in try folder.names() {
            all.append(contentsOf: try self.numbers(folder.text(name)))
        }
        #expect(sink.dropped == 0)
        #expect(all.sorted() == Array(0..<8000) + Array(100_000..<100_010))
        // The line after a reopening is in the new file.
        #expect(try self.numbers(folder.text("log.jsonl")).contains(100_009))
        #expect(try self.numbers(folder.text("log.jsonl.9")).contains(100_008))
    }

    @Test func aFileThatCannotBeReopenedStaysInUse() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("logs"), withIntermediateDirectories: false)
        let sink = try LogSink(.file(folder.file("logs/log.jsonl")))
        sink.write(self.line(1))
        sink.flush()
        try FileManager.default.moveItem(atPath: folder.file("logs"), toPath: folder.file("moved"))
        sink.reopen()
        sink.write(self.line(2))
        sink.close()
        let lines = try JSONLines.parse(folder.text("moved/log.jsonl"))
        #expect(lines.compactMap { $0["labels.number"] as? Int } == [1, 2])
        #expect(lines.count(where: { $0["error.code"] as? String == "log_not_opened" }) == 1)
    }

    @Test func severalSinksShareOneFileWithoutMixingLines() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("log.jsonl")
        await self.inThreads(3) { index in
            guard let sink = try? LogSink(.file(path)) else { return }
            for number in 0..<1000 { sink.write(self.line(index * 1000 + number, size: 300)) }
            sink.close()
        }
        #expect(try self.numbers(folder.text("log.jsonl")).sorted() == Array(0..<3000))
    }

    @Test func aSlowPipeHoldsNobodyAndGetsWholeLines() throws {
        let ends = try Pipes.make()
        let sink = try LogSink(output: DescriptorOutput(borrowing: ends[1]), capacityBytes: 200_000)
        // A pipe holds 64 KiB: more than that waits for the reader.
        for number in 0..<500 { sink.write(self.line(number, size: 200)) }
        #expect(sink.dropped == 0)
        let reader = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        let received = Mutex(Data())
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while let part = try? reader.read(upToCount: 4096), !part.isEmpty {
                received.withLock { $0.append(part) }
            }
            done.signal()
        }
        sink.close()
        close(ends[1])
        done.wait()
        let text = String(decoding: received.withLock { $0 }, as: UTF8.self)
        #expect(try self.numbers(text) == Array(0..<500))
    }

    @Test func aPipeWithoutAReaderIsAnErrorNotTheEnd() throws {
        let ends = try Pipes.make()
        close(ends[0])
        let sink = try LogSink(output: DescriptorOutput(borrowing: ends[1]), capacityBytes: 10_000)
        sink.write(self.line(1))
        sink.close()
        close(ends[1])
        #expect(sink.writeFailures > 0)
        #expect(sink.dropped == 1)
    }

    @Test func aFullDiskIsCountedAndLinesWait() throws {
        try #require(FileManager.default.fileExists(atPath: "/dev/full"))
        let sink = try LogSink(.file("/dev/full"))
        sink.write(self.line(1))
        sink.close()
        #expect(sink.writeFailures > 0)
        #expect(sink.dropped == 1)
    }
}
