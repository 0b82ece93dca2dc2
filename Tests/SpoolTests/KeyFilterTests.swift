import TestSupport
import Testing

@testable import Spool

struct KeyFilterTests {
    private static func key(_ number: Int, _ set: UInt64) -> DedupeKey {
        DedupeKey(high: set, low: UInt64(number))
    }

    @Test
    func itNeverDeniesAKeyAndRarelyPassesAnother() {
        var filter = KeyFilter(keys: 20_000)
        for number in 0..<20_000 { filter.insert(Self.key(number, 1)) }
        #expect((0..<20_000).allSatisfy { filter.mayContain(Self.key($0, 1)) })
        let passed = (0..<100_000).count { filter.mayContain(Self.key($0, 2)) }
        #expect(passed < 300)
    }

    @Test
    func aShrunkenFilterHoldsTheSameKeys() {
        var filter = KeyFilter(keys: 1_000_000)
        for number in 0..<3000 { filter.insert(Self.key(number, 1)) }
        filter.shrink(toKeys: 3000)
        #expect(filter.bytes.count <= 3000 * 4)
        #expect((0..<3000).allSatisfy { filter.mayContain(Self.key($0, 1)) })
        #expect((0..<10_000).count { filter.mayContain(Self.key($0, 2)) } < 50)
    }

    @Test
    func itIsReadBackFromItsBytes() throws {
        var filter = KeyFilter(keys: 1000)
        for number in 0..<1000 { filter.insert(Self.key(number, 1)) }
        let read = try #require(unsafe filter.bytes.withUnsafeBytes { unsafe KeyFilter(bytes: $0) })
        #expect(read.bytes == filter.bytes)
        #expect((0..<1000).allSatisfy { read.mayContain(Self.key($0, 1)) })
    }

    @Test(arguments: [0, 1, 63, 65, 192])
    func bytesOfAnotherLengthAreRefused(count: Int) {
        let bytes = [UInt8](repeating: 0, count: count)
        #expect(unsafe bytes.withUnsafeBytes { unsafe KeyFilter(bytes: $0) == nil })
    }
}
