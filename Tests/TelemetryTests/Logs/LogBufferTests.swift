import Testing

@testable import Telemetry

@Suite struct LogBufferTests {
    private let line = Array("0123456789".utf8)

    @Test func dropsWhatDoesNotFitAndCountsIt() {
        var buffer = LogBuffer(capacity: 25)
        for _ in 0..<5 { _ = buffer.append(self.line) }
        #expect(buffer.accepted == 2)
        #expect(buffer.dropped == 3)
        var batch: [UInt8] = []
        guard case .write(lines: 2, dropped: 3) = buffer.next(exchanging: &batch) else {
            Issue.record("The batch must have two lines and tell of three drops.")
            return
        }
        #expect(batch.count == 20)
    }

    @Test func whatIsBeingWrittenStillTakesRoom() {
        var buffer = LogBuffer(capacity: 25)
        var batch: [UInt8] = []
        _ = buffer.append(self.line)
        _ = buffer.append(self.line)
        _ = buffer.next(exchanging: &batch)
        _ = buffer.append(self.line)
        #expect(buffer.dropped == 1)
        _ = buffer.settle(lines: 2, lost: 0)
        _ = buffer.append(self.line)
        #expect(buffer.dropped == 1)
        #expect(buffer.accepted == 3)
    }

    @Test func onlyASleepingWriterIsWoken() {
        var buffer = LogBuffer(capacity: 100)
        var batch: [UInt8] = []
        let before = buffer.append(self.line)
        #expect(!before)
        _ = buffer.next(exchanging: &batch)
        _ = buffer.settle(lines: 1, lost: 0)
        guard case .park = buffer.next(exchanging: &batch) else {
            Issue.record("Nothing waits: the writer must sleep.")
            return
        }
        let first = buffer.append(self.line)
        let second = buffer.append(self.line)
        #expect(first)
        #expect(!second)
    }

    @Test func closingWritesWhatWaitsAndTakesNothingMore() {
        var buffer = LogBuffer(capacity: 100)
        var batch: [UInt8] = []
        _ = buffer.append(self.line)
        let first = buffer.beginClosing()
        let second = buffer.beginClosing()
        #expect(first)
        #expect(!second)
        _ = buffer.append(self.line)
        #expect(buffer.dropped == 1)
        guard case .write(lines: 1, dropped: 1) = buffer.next(exchanging: &batch) else {
            Issue.record("The waiting line must be written.")
            return
        }
        _ = buffer.settle(lines: 1, lost: 0)
        guard case .finish = buffer.next(exchanging: &batch) else {
            Issue.record("The writer must end.")
            return
        }
    }

    @Test func reopeningComesBeforeTheNextLines() {
        var buffer = LogBuffer(capacity: 100)
        var batch: [UInt8] = []
        _ = buffer.append(self.line)
        buffer.requestReopen()
        guard case .reopen = buffer.next(exchanging: &batch), case .write = buffer.next(exchanging: &batch) else {
            Issue.record("First the file, then the line.")
            return
        }
    }
}
