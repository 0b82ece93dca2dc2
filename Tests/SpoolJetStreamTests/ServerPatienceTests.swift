import Testing

@testable import SpoolJetStream

struct ServerPatienceTests {
    private let start = ContinuousClock.now

    /// Whether it is over at these seconds, asked in their order.
    private func answers(_ patience: inout ServerPatience, at seconds: [Double]) -> [Bool] {
        var answers: [Bool] = []
        for second in seconds { answers.append(patience.isOver(at: self.start + .seconds(second))) }
        return answers
    }

    @Test
    func itEndsSomeTimeAfterTheFirstOfSeveralFailures() {
        var patience = ServerPatience()
        #expect(self.answers(&patience, at: [3600]) == [false])
        patience.failed(at: self.start)
        patience.failed(at: self.start + .seconds(5))
        // Once: the next server is given as much.
        #expect(self.answers(&patience, at: [5.9, 6, 7]) == [false, true, false])
    }

    @Test
    func anAnswerOfAnyLeaderBeginsItAnew() {
        var patience = ServerPatience()
        patience.failed(at: self.start)
        patience.answered()
        #expect(self.answers(&patience, at: [7]) == [false])
        patience.failed(at: self.start + .seconds(7))
        #expect(self.answers(&patience, at: [12, 13]) == [false, true])
    }
}
