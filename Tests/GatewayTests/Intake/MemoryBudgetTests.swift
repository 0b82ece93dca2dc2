import Testing

@testable import Gateway

@Suite struct MemoryBudgetTests {
    @Test func refusesWhatDoesNotFitAndTakesItAfterRoomWasGivenBack() {
        let budget = MemoryBudget(bytes: 100)
        #expect(budget.take(60))
        #expect(!budget.take(60))
        #expect(budget.bytesWaiting == 60)
        budget.give(60)
        #expect(budget.take(60))
    }

    @Test func aRequestLargerThanTheBudgetFitsAnEmptyOne() {
        let budget = MemoryBudget(bytes: 100)
        #expect(budget.take(500))
        #expect(!budget.take(1))
    }
}
