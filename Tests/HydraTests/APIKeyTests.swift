import Hydra
import Testing

struct APIKeyTests {
    private let key = APIKey("hk_live_0123456789")

    @Test func scopeIsTheBeginningOfTheSHA256() {
        // printf abc | sha256sum
        #expect(APIKey("abc").scope == 0xBA78_16BF_8F01_CFEA)
        #expect(APIKey("").scope == 0xE3B0_C442_98FC_1C14)
    }

    @Test func isEqualByValue() {
        #expect(self.key == APIKey("hk_live_0123456789"))
        #expect(self.key != APIKey("hk_live_0123456780"))
        #expect(Set([self.key, APIKey("hk_live_0123456789")]).count == 1)
    }

    @Test func isNotToldByAnyDescription() {
        var dumped = ""
        dump(self.key, to: &dumped)
        let endpoint = Endpoint(url: "https://hydra.test", apiKey: self.key)
        var dumpedEndpoint = ""
        dump(endpoint, to: &dumpedEndpoint)
        for text in [
            "\(self.key)", String(reflecting: self.key), dumped, "\(endpoint)", String(reflecting: endpoint),
            dumpedEndpoint,
        ] {
            #expect(!text.contains("0123456789"), "\(text)")
        }
    }
}
