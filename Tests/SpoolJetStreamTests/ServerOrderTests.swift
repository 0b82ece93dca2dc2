import Testing

@testable import SpoolJetStream

/// Which server is asked when one was left.
struct ServerOrderTests {
    @Test(
        arguments: [
            (nil, ["a", "b", "c"]),
            ("nats://a:4222", ["b", "c", "a"]),
            ("nats://b:4222", ["a", "c", "b"]),
            ("tls://user:word@c:4222", ["a", "b", "c"]),
            // A server that is not named: the library learns of others from those that are.
            ("nats://d:4222", ["a", "b", "c"]),
            // Another port is another server.
            ("nats://a:4223", ["a", "b", "c"]),
        ] as [(String?, [String])]
    )
    func theServerThatWasLeftIsAskedLast(_ last: String?, _ order: [String]) {
        let named = ["a": "nats://user:p@ss@a:4222", "b": "nats://b:4222", "c": "nats://c"]
        let servers = ["a", "b", "c"].compactMap { named[$0] }
        #expect(NATSOptions.order(servers, last: last) == order.compactMap { named[$0] })
    }

    @Test
    func addressesOfSixthVersionAreTakenWhole() {
        let servers = ["nats://[::1]:4222", "nats://[::2]"]
        #expect(NATSOptions.order(servers, last: "nats://[::1]:4222") == ["nats://[::2]", "nats://[::1]:4222"])
        #expect(
            NATSOptions.order(servers.reversed(), last: "nats://[::2]:4222") == ["nats://[::1]:4222", "nats://[::2]"]
        )
    }
}
