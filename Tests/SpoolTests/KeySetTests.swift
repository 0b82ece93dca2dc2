import TestSupport
import Testing

@testable import Spool

struct KeySetTests {
    @Test
    func itHoldsWhatASetHolds() {
        var random = SeededRandom(seed: 3)
        var keys = KeySet(capacity: 4)
        var model: Set<DedupeKey> = []
        for round in 0..<20_000 {
            // Small numbers, so that repeats and the key of zeros are among them.
            let key = DedupeKey(high: random.next() % 100, low: random.next() % 100)
            #expect(keys.contains(key) == model.contains(key))
            let isNew = keys.insert(key)
            #expect(isNew == model.insert(key).inserted)
            if round % 7000 == 6999 {
                keys.removeAll()
                model.removeAll()
            }
        }
        #expect(keys.count == model.count)
        #expect(Set(keys) == model)
    }

    @Test
    func itSurvivesClearingAfterItGrew() {
        var keys = KeySet()
        for low in 0..<10_000 { _ = keys.insert(DedupeKey(high: 1, low: UInt64(low))) }
        keys.removeAll()
        #expect(keys.count == 0)
        let key = DedupeKey(high: 1, low: 5)
        let first = keys.insert(key)
        keys.removeAll()
        #expect(!keys.contains(key))
        let second = keys.insert(key)
        #expect(first && second)
    }
}
