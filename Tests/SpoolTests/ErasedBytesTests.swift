import Foundation
import TestSupport
import Testing

@testable import Spool

/// What was delivered or dropped is not to be read in any file of the spool.
@Suite struct ErasedBytesTests {
    private let fixture: SpoolFixture

    init() throws {
        self.fixture = try SpoolFixture()
    }

    /// Which files of the spool hold a text.
    private func holders(of text: String) -> [String] {
        let bytes = Data(text.utf8)
        // The bell is a pipe that nobody closes.
        return self.fixture.files.filter { $0.hasPrefix("spool.") }.filter { name in
            Data(readFile("\(self.fixture.directory)/\(name)")).firstRange(of: bytes) != nil
        }
    }

    @Test
    func aDeliveredCallIsInNoFileHalfAMinuteLater() async throws {
        let spool = try self.fixture.open()
        let body = Array((#"{"secret":"Erika-Mustermann""# + String(repeating: " ", count: 9_000) + "}").utf8)
        for number in 1...40 {
            try await spool.append([.make("\(number)", body: number % 2 == 0 ? body : Array(body.prefix(40)))])
        }
        #expect(!self.holders(of: "Erika-Mustermann").isEmpty)
        try await withSession(spool) { session in
            let ids = try await session.allFresh().map(\.id)
            try await session.settle(ids.map { .delivered(id: $0) })
        }
        await spool.tend()
        #expect(self.holders(of: "Erika-Mustermann").isEmpty)
    }
}
