import HydraEngine
import JSON
import Testing

@Suite struct RequestErrorTests {
    @Test(arguments: [
        ("GET", "/", 404), ("GET", "/v1", 404), ("GET", "/v2/persons", 404), ("POST", "/v1/page", 404),
        ("GET", "//v1/persons", 404), ("GET", "/v1/persons/p_x", 404), ("GET", "/v1/persons/p_x/events", 404),
        ("GET", "/v1/companies/c_x", 404), ("GET", "/v1/persons/p_00000000000000000000000000", 404),
        ("GET", "/v1/persons//events", 404), ("DELETE", "/v1/persons/p_x", 404),
        ("GET", "/v1/track", 405), ("PUT", "/v1/persons", 405), ("DELETE", "/v1/companies", 405),
        ("POST", "/-/live", 405),
        ("GET", "/v1/persons?limit=0", 400), ("GET", "/v1/persons?limit=201", 400),
        ("GET", "/v1/persons?limit=+5", 400),
        ("GET", "/v1/persons?limit=", 400), ("GET", "/v1/persons?limit=99999999999999999999", 400),
        ("GET", "/v1/persons?cursor=", 400), ("GET", "/v1/persons?cursor=abc", 400),
        ("GET", "/v1/companies?cursor=0", 400),
        ("GET", "/v1/persons?q=%", 400), ("GET", "/v1/persons?q=%ff", 400), ("GET", "/v1/persons?q=a&q=b", 400),
    ])
    func isAnsweredWithTheRightStatus(method: String, target: String, status: Int) async throws {
        let fixture = try Fixture()
        let answer = await fixture.send(method, target)
        #expect(answer.status == status)
        #expect(answer.root?["code"]?.string?.isEmpty == false)
        #expect(answer.root?["message"]?.string?.isEmpty == false)
        #expect((answer.headers["Allow"] != nil) == (status == 405))
        #expect(answer.headers["X-Request-Id"] == "trace-1")
        #expect(fixture.observer.requests.map(\.status) == [status])
    }

    @Test func theSearchTextHasALimit() async throws {
        let fixture = try Fixture()
        let text = String(repeating: "a", count: 200)
        #expect(await fixture.get("/v1/persons?q=\(text)").status == 200)
        #expect(await fixture.get("/v1/persons?q=\(text)a").status == 400)
    }

    @Test(arguments: [
        "/v1/persons/", "/v1/companies/", "/v1/openapi.json/", "/v1/persons?", "/v1/persons?unknown=1&limit=5",
    ])
    func isForgivenWhatDoesNotMatter(target: String) async throws {
        let fixture = try Fixture()
        #expect(await fixture.get(target).status == 200)
    }

    @Test func theContractAndTheProbesNeedNoKey() async throws {
        let fixture = try Fixture()
        for target in ["/v1/openapi.json", "/-/live", "/-/ready"] {
            #expect(await fixture.send("GET", target, key: nil).status == 200)
        }
        let contract = await fixture.send("GET", "/v1/openapi.json", key: nil)
        #expect(contract.root?["openapi"]?.string?.hasPrefix("3.1") == true)
    }
}
