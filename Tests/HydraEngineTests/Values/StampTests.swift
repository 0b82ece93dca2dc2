import HydraEngine
import Testing

@Suite struct StampTests {
    private func stamp(_ time: Int64, _ messageId: String) -> Stamp {
        Stamp(time: Instant(milliseconds: time), messageId: messageId)
    }

    @Test func ordersByTimeThenByTheBytesOfTheMessageID() {
        #expect(self.stamp(1, "z") < self.stamp(2, "a"))
        #expect(self.stamp(1, "a") < self.stamp(1, "b"))
        #expect(self.stamp(1, "a") < self.stamp(1, "aa"))
        // Precomposed and decomposed é are two ids, in the order of their bytes, though Swift calls the texts equal.
        #expect(self.stamp(1, "e\u{301}") < self.stamp(1, "\u{e9}"))
        #expect(self.stamp(1, "e\u{301}") != self.stamp(1, "\u{e9}"))
    }
}
