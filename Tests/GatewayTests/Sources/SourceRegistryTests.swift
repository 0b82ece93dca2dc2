import Gateway
import Segment
import Testing

@Suite struct SourceRegistryTests {
    @Test func findsASourceByItsKeyAndByItsName() throws {
        let registry = SourceRegistry([
            try make(source: "web", writeKey: "k1"), try make(source: "app", writeKey: "k2"),
        ])
        let key = try #require(WriteKey("k2"))
        #expect(registry.source(writeKey: key)?.name == "app")
        #expect(registry.source(named: "web")?.writeKeys.map(\.value) == ["k1"])
        #expect(registry.all.map(\.name) == ["app", "web"])
    }

    @Test(arguments: ["", "K1", "k1 ", "k3"])
    func aKeyThatIsNotExactlyConfiguredFindsNothing(key: String) throws {
        let registry = SourceRegistry([try make(source: "web", writeKey: "k1")])
        #expect(WriteKey(key).flatMap { registry.source(writeKey: $0) } == nil)
    }
}
