import Hydra
import Testing

struct EndpointTests {
    @Test(arguments: ["https://hydra.test/base", "https://hydra.test/base/", "https://hydra.test/base//"])
    func dropsTrailingSlashes(url: String) {
        #expect(Endpoint(url: url, apiKey: APIKey("k")).url == "https://hydra.test/base")
    }

    @Test func differsByKey() {
        #expect(Endpoint(url: "https://a", apiKey: APIKey("1")) != Endpoint(url: "https://a", apiKey: APIKey("2")))
    }
}
