import Testing

@testable import Gateway

struct DescriptorBudgetTests {
    @Test(
        arguments: [
            // The usual hard limit, a unit's, a shell's.
            (1_048_576, 4_096), (65_536, 4_096), (1_024, 944), (128, 48), (96, 16),
        ]
    )
    func connectionsAreThoseThatThereIsRoomFor(limit: Int, connections: Int) throws {
        let budget = DescriptorBudget(limit: limit, workers: 4, hydraConnections: 16)
        #expect(try budget.connections(wanted: 4_096) == connections)
        #expect(try budget.connections(wanted: 10) == 10)
    }

    @Test(arguments: [95, 64, 3, 0])
    func tooLowALimitEndsTheStart(limit: Int) {
        let budget = DescriptorBudget(limit: limit, workers: 4, hydraConnections: 16)
        do throws(GatewayStartError) {
            _ = try budget.connections(wanted: 4_096)
            Issue.record("a limit of \(limit) is enough")
        } catch {
            #expect(error.message.contains("limit of open files is \(limit), and 96 are needed"))
            #expect(error.message.contains("LimitNOFILE="))
        }
    }

    @Test
    func absurdSettingsAreAnErrorAndNoTrap() {
        let budget = DescriptorBudget(limit: 1_024, workers: .max, hydraConnections: .max)
        #expect(throws: GatewayStartError.self) { try budget.connections(wanted: .max) }
        let unlimited = DescriptorBudget(limit: .max, workers: 1, hydraConnections: 1)
        #expect((try? unlimited.connections(wanted: .max)) == .max - 53)
    }
}
