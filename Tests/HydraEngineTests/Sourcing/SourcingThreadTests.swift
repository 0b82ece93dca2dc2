import HydraDataPoints
import JSON
import Synchronization
import TestSupport
import Testing

@testable import HydraEngine

/// An engine that works by itself looks up as companies come, several at once, and stops at once.
@Suite struct SourcingThreadTests {
    /// Answers when the test says so.
    private final class HeldLookup: CompanyLookup {
        struct State {
            var asked: [String] = []
            var open: [String: @Sendable (SourcedFacts) -> Void] = [:]
            var cancelled: Set<String> = []
        }

        let state = Mutex(State())

        func look(
            up domain: String,
            in sources: Set<NetworkSource>,
            at time: Int64,
            completion: @escaping @Sendable (SourcedFacts) -> Void
        ) -> @Sendable () -> Void {
            self.state.withLock { state in
                state.asked.append(domain)
                state.open[domain] = completion
            }
            return { [weak self] in
                self?.state.withLock { _ = $0.cancelled.insert(domain) }
            }
        }

        func answer(_ domain: String) {
            let point = DataPoint(
                name: "company.mailProvider",
                value: .text("Fastmail"),
                source: .dns,
                time: 0,
                confidence: 0.9
            )
            self.state.withLock { $0.open.removeValue(forKey: domain) }?(SourcedFacts(points: [.dns: [point]]))
        }
    }

    /// Waits for what another thread does, so long at most.
    private func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while try await !condition() {
            guard ContinuousClock.now < end else { throw TestError("waited in vain for \(what)") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func severalAreLookedUpAtOnceAndTheRestInTurn() async throws {
        let directory = try TemporaryDirectory()
        let lookup = HeldLookup()
        var options = EngineOptions()
        options.lookup = lookup
        let engine = try Engine(directory: directory.path, options: options)
        defer { engine.close() }
        let keys = try KeyStore(directory: directory.path)
        let key = try keys.create(account: "default", name: "test").secret.value
        keys.close()
        let api = HydraAPI(engine: engine, observer: RecordingObserver())
        func send(_ method: String, _ path: String, _ body: String = "") async -> Answer {
            await withCheckedContinuation { continuation in
                let request = APIRequest(
                    method: method,
                    path: path,
                    authorization: "Basic " + base64("\(key):"),
                    requestID: "t",
                    body: Array(body.utf8)
                )
                api.answer(request) { continuation.resume(returning: Answer($0)) }
            }
        }
        #expect(await send("PATCH", "/v1/settings/sourcing", #"{"dns":true}"#).status == 200)
        for number in 0..<6 {
            let call = TestCall.identify("m\(number)", user: "u\(number)", #"{"email":"a@c\#(number).example"}"#)
            #expect(await send("POST", "/v1/identify", call.json).status == 200)
        }
        try await self.wait("four lookups") { lookup.state.withLock { $0.asked.count } == 4 }
        // Four are on their way: the next waits for one of them, however much time there is.
        let held = lookup.state.withLock { $0.asked }
        #expect(Set(held).count == 4)
        lookup.answer(held[0])
        try await self.wait("the fifth") { lookup.state.withLock { $0.asked.count } == 5 }
        try await self.wait("what was found") {
            let companies = await send("GET", "/v1/companies")
            let id = companies.items.first { $0["domain"]?.string == held[0] }?["id"]?.string ?? ""
            return await send("GET", "/v1/companies/\(id)").text.contains("Fastmail")
        }
        let began = ContinuousClock.now
        engine.close()
        #expect(ContinuousClock.now - began < .seconds(5))
        #expect(lookup.state.withLock { $0.cancelled }.count == 4)
        // What comes too late is nobody's.
        lookup.answer(held[1])
    }
}
