import Gateway
import Testing

@Suite struct SourceFiguresTests {
    @Test func countsEachOutcomeApart() {
        let figures = SourceFigures()
        for (index, outcome) in SourceFigures.Outcome.allCases.enumerated() { figures.count(outcome, by: index + 1) }
        for (index, outcome) in SourceFigures.Outcome.allCases.enumerated() {
            #expect(figures[outcome] == UInt64(index + 1))
        }
    }

    @Test func aNegativeOrEmptyCountChangesNothing() {
        let figures = SourceFigures()
        figures.count(.accepted, by: 0)
        figures.count(.accepted, by: -5)
        #expect(figures[.accepted] == 0)
    }

    @Test func theLastEventIsUnknownBeforeTheFirst() {
        let figures = SourceFigures()
        #expect(figures.lastEventAt == nil)
        figures.sawEvent(at: 1_700_000_000_000)
        #expect(figures.lastEventAt == 1_700_000_000_000)
    }
}
