import Testing

@testable import Gateway

@Suite struct LaneHashTests {
    /// Lanes stand in spools on disk: a changed hash would let a user's calls overtake each other after an upgrade.
    @Test(
        arguments: [
            ("demo", "userId123", nil),
            ("demo", nil, "userId123"),
            ("web", "userId123", nil),
            ("demo", "", nil),
        ] as [(String, String?, String?)]
    )
    func isFNV1aOfSourceAndUser(source: String, userId: String?, anonymousId: String?) {
        let text = source.utf8 + [0] + [userId == nil ? 2 : 1] + (userId ?? anonymousId ?? "").utf8 + [0]
        var expected: UInt64 = 14_695_981_039_346_656_037
        for byte in text { expected = (expected ^ UInt64(byte)) &* 1_099_511_628_211 }
        #expect(
            LaneHash.lane(source: source, userId: userId, anonymousId: anonymousId) == Int64(bitPattern: expected)
        )
    }

    @Test func theUserIdDecidesWhenBothAreThere() {
        #expect(
            LaneHash.lane(source: "s", userId: "u", anonymousId: "a")
                == LaneHash.lane(source: "s", userId: "u", anonymousId: "b")
        )
    }

    @Test func boundariesBetweenThePartsCount() {
        #expect(
            LaneHash.lane(source: "ab", userId: "c", anonymousId: nil)
                != LaneHash.lane(source: "a", userId: "bc", anonymousId: nil)
        )
    }
}
