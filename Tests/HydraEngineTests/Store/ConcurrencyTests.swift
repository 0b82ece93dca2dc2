import HydraEngine
import JSON
import Testing

@Suite struct ConcurrencyTests {
    @Test func manySendersAtOnceLoseAndDoubleNothing() async throws {
        let fixture = try Fixture()
        await withTaskGroup(of: Void.self) { group in
            for sender in 0..<16 {
                group.addTask {
                    for number in 0..<50 {
                        let call = TestCall.track("\(sender / 2)-\(number)", user: "u\(number % 5)", at: number)
                        let answer = await fixture.send("POST", "/v1/track", call.json)
                        #expect(answer.status == 200)
                    }
                }
            }
        }
        // Two senders each sent the same calls.
        let codes = await fixture.observer.calls(count: 800).map(\.code)
        #expect(codes.filter { $0 == "accepted" }.count == 400)
        #expect(codes.filter { $0 == "duplicate" }.count == 400)
        var events = 0
        for person in await fixture.get("/v1/persons").items {
            events += await fixture.get("/v1/persons/\(person["id"]?.string ?? "")/events?limit=200").items.count
        }
        #expect(events == 400)
    }
}
