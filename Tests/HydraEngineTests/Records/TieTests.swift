import Foundation
import JSON
import TestSupport
import Testing

/// Two calls of one user with the same time: the later one wins, every time, whatever their message ids.
@Suite struct TieTests {
    private static let users = 1_000

    private func identify(_ user: Int, _ plan: String) -> TestCall {
        .identify(UUID().uuidString, user: "u\(user)", anonymous: "x\(user)", #"{"plan":"\#(plan)"}"#)
    }

    private func plans(_ fixture: Fixture) async throws -> [String: Int] {
        var plans: [String: Int] = [:]
        var cursor = ""
        repeat {
            let page = await fixture.get("/v1/persons?limit=200\(cursor)")
            for person in page.items { plans[person["traits"]?["plan"]?.string ?? "none", default: 0] += 1 }
            cursor = page.nextCursor.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        return plans
    }

    @Test func inCallsOneAfterTheOther() async throws {
        let fixture = try Fixture()
        for user in 0..<Self.users {
            try await fixture.take(self.identify(user, "trial"), self.identify(user, "paid"))
        }
        #expect(try await self.plans(fixture) == ["paid": Self.users])
    }

    @Test func inOneBatch() async throws {
        let fixture = try Fixture()
        for start in stride(from: 0, to: Self.users, by: 200) {
            let users = start..<start + 200
            try await fixture.takeTogether(users.flatMap { [self.identify($0, "trial"), self.identify($0, "paid")] })
        }
        #expect(try await self.plans(fixture) == ["paid": Self.users])
    }

    @Test func asTheGatewayNumberedThemWhicheverArrivesFirst() async throws {
        let fixture = try Fixture()
        for start in stride(from: 0, to: Self.users, by: 200) {
            let calls = (start..<start + 200).flatMap { user in
                [
                    self.identify(user, "trial").received(sequence: 2 * user),
                    self.identify(user, "paid").received(sequence: 2 * user + 1),
                ]
            }
            try await fixture.takeTogether(calls.shuffled())
        }
        #expect(try await self.plans(fixture) == ["paid": Self.users])
    }

    @Test func theLaterReceiptWinsOverAGreaterNumber() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            self.identify(1, "new").received(at: 51, sequence: 1),
            self.identify(1, "old").received(at: 50, sequence: 2)
        )
        #expect(try await self.plans(fixture) == ["new": 1])
    }

    @Test func aSharedDeviceGoesToTheFirstUserOfTheTie() async throws {
        let fixture = try Fixture()
        for device in 0..<100 {
            try await fixture.take(
                .identify(UUID().uuidString, user: "first\(device)", anonymous: "d\(device)"),
                .identify(UUID().uuidString, user: "second\(device)", anonymous: "d\(device)")
            )
            let owner = try await fixture.get("/v1/persons?anonymousId=d\(device)").item()
            #expect(owner["userId"]?.string == "first\(device)")
        }
    }

    @Test(arguments: ["-1", "1.5", "\"7\"", "null", "9007199254740992", "true"])
    func aNumberThatIsNoneIsRefused(number: String) async throws {
        let fixture = try Fixture()
        let call = #"{"messageId":"m","userId":"u","event":"e","sequence":\#(number)}"#
        let answer = await fixture.send("POST", "/v1/track", call)
        #expect(answer.status == 422)
        #expect(answer.code == "member_invalid")
    }
}
