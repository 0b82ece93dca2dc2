import Foundation
import Testing

@testable import GroupCommit

/// What it says when a journal is given up needs a file system of its own: the integration tests abort one.
@Suite struct JournalWitnessTests {
    @Test func aWorkingFileSystemIsBelieved() throws {
        let path = NSTemporaryDirectory() + "/journal-witness-\(getpid())-\(UInt64.random(in: 0...(.max)))"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        #expect(descriptor >= 0)
        defer {
            close(descriptor)
            unsafe unlink(path)
        }
        let witness = JournalWitness(descriptor)
        for _ in 0..<3 { #expect(witness.failure() == nil) }
        // It is one byte, however often it is asked.
        var status = stat()
        #expect(unsafe fstat(descriptor, &status) == 0)
        #expect(status.st_size == 1)
    }

    @Test func anErrorThatSaysNothingAboutTheJournalIsNotTakenForOne() {
        #expect(JournalWitness(-1).failure() == nil)
    }
}
