import HydraEngine
import Testing

@Suite struct StampTests {
    private func stamp(_ time: Int64, _ messageId: String, receivedAt: Int64 = 9, sequence: Int64 = 0) -> Stamp {
        Stamp(
            time: Instant(milliseconds: time),
            receivedAt: Instant(milliseconds: receivedAt),
            sequence: sequence,
            messageId: messageId
        )
    }

    @Test func ordersByTimeThenReceiptThenSequence() {
        #expect(self.stamp(1, "z", receivedAt: 20, sequence: 9) < self.stamp(2, "a", receivedAt: 10, sequence: 1))
        #expect(self.stamp(1, "z", receivedAt: 10, sequence: 9) < self.stamp(1, "a", receivedAt: 11, sequence: 1))
        #expect(self.stamp(1, "z", sequence: 1) < self.stamp(1, "a", sequence: 2))
        #expect(self.stamp(1, "a", sequence: 1) != self.stamp(1, "a", sequence: 2))
    }

    @Test func ordersWhatHasNoOtherOrderByTheBytesOfTheMessageID() {
        #expect(self.stamp(1, "z") < self.stamp(2, "a"))
        #expect(self.stamp(1, "a") < self.stamp(1, "b"))
        #expect(self.stamp(1, "a") < self.stamp(1, "aa"))
        // Precomposed and decomposed é are two ids, in the order of their bytes, though Swift calls the texts equal.
        #expect(self.stamp(1, "e\u{301}") < self.stamp(1, "\u{e9}"))
        #expect(self.stamp(1, "e\u{301}") != self.stamp(1, "\u{e9}"))
    }
}
