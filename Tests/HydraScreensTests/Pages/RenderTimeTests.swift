import HydraEngine
import TestSupport
import Testing

@testable import HydraScreens

@Suite struct RenderTimeTests {
    /// Prints how long pages take; says nothing about how long they may, which depends on the build and the machine.
    @Test func pagesAreMadeFromAFilledStore() async throws {
        let site = try Site()
        await site.ask("POST", "/v1/scanners", #"{"kind":"product_usage","name":"Use"}"#)
        var calls: [String] = []
        for person in 0..<60 {
            calls.append(
                identify(
                    "i\(person)",
                    "u\(person)",
                    """
                    {"name":"Person \(person)","email":"p\(person)@c\(person % 12).example","title":"Engineer",\
                    "company":{"name":"Company \(person % 12)","domain":"c\(person % 12).example"}}
                    """
                )
            )
            for day in 1...28 {
                let time = "2026-11-\(day < 10 ? "0" : "")\(day)T10:00:00.000Z"
                calls.append(track("t\(person)-\(day)", "u\(person)", "Used", feature: "F\(day % 7)", at: time))
            }
        }
        try await site.take(calls)
        let visitor = try await site.visitor()
        let person = try await site.id("/v1/persons")
        let company = try await site.id("/v1/companies")
        for path in [
            "/persons", "/persons/\(person)", "/persons/\(person)?days=90&by=day", "/companies",
            "/companies/\(company)",
            "/scanners", "/settings",
        ] {
            var fastest = Duration.seconds(1000)
            var size = 0
            for _ in 0..<3 {
                let start = site.log.requests.count
                let page = await visitor.get(path)
                #expect(page.status == 200)
                size = page.text.utf8.count
                if let line = site.log.requests.dropFirst(start).last {
                    fastest = min(fastest, .nanoseconds(Int64(line.duration)))
                }
            }
            print(
                "render \(path.replacing(person, with: "ID").replacing(company, with: "ID")): \(fastest), \(size) bytes"
            )
        }
    }
}
