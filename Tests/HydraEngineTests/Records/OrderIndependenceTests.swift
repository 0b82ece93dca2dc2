import JSON
import Testing

/// Whatever the order in which calls arrive, and however often: the records end the same.
@Suite struct OrderIndependenceTests {
    static let sets: [(name: String, calls: [TestCall])] = [
        (
            "traits of one user",
            [
                .identify("a", user: "u", at: 1, #"{"email":"a@one.example","firstName":"A","plan":"x"}"#),
                .identify("b", user: "u", at: 2, #"{"first_name":"B","plan":null,"n":1.0}"#),
                .identify("c", user: "u", at: 3, #"{"First Name":"C"}"#),
                .identify("d", user: "u", at: 3, #"{"firstname":"D","n":2}"#),
                .track("e", user: "u", at: 9),
            ]
        ),
        (
            "an anonymous past joined to a user",
            [
                .track("a", anonymous: "x", at: 1),
                .identify("b", anonymous: "x", at: 2, #"{"plan":"trial","email":"a@one.example"}"#),
                .identify("c", user: "u", anonymous: "x", at: 3, #"{"email":"u@two.example"}"#),
                .track("d", anonymous: "x", at: 4),
                .track("e", user: "u", anonymous: "y", at: 5),
            ]
        ),
        (
            "two users on one device",
            [
                .track("a", anonymous: "x", at: 1),
                .identify("b", user: "u", anonymous: "x", at: 2, #"{"company":"U Inc"}"#),
                .identify("c", user: "v", anonymous: "x", at: 3, #"{"company":"V Inc"}"#),
                .identify("d", anonymous: "x", at: 4, #"{"title":"CTO","company":"X Inc"}"#),
                .track("e", user: "v", at: 5),
            ]
        ),
        (
            "three users claim one device at once",
            [
                .identify("a", user: "u", anonymous: "x", at: 2),
                .identify("b", user: "v", anonymous: "x", at: 2),
                .identify("c", user: "w", anonymous: "x", at: 1),
                .track("d", anonymous: "x", at: 0),
                .track("e", anonymous: "x", at: 7),
            ]
        ),
        (
            "companies come and go",
            [
                .identify("a", user: "u", at: 1, #"{"email":"u@one.example"}"#),
                .identify("b", user: "u", at: 2, #"{"company":{"id":7,"name":"Seven","plan":"gold"}}"#),
                .identify("c", user: "v", at: 3, #"{"company":{"id":7,"name":"Se7en","plan":null}}"#),
                .identify("d", user: "u", at: 4, #"{"company":null}"#),
                .identify(
                    "e",
                    user: "v",
                    at: 5,
                    #"{"company":{"website":"https://www.two.example"},"email":"v@gmail.com"}"#
                ),
            ]
        ),
    ]

    @Test(arguments: Self.sets.indices)
    func everyOrderEndsInTheSameRecords(index: Int) async throws {
        let calls = Self.sets[index].calls.enumerated().map { $1.received(sequence: $0) }
        let fixture = try Fixture()
        var expected: String?
        for (number, order) in permutations(calls).enumerated() {
            let key = try fixture.makeKey(account: "order \(number)")
            // Each order as one transaction, some as one transaction a call, each repeated.
            try await fixture.takeTogether(number % 2 == 0 ? order : order + order.reversed(), key: key)
            if number % 10 == 0 { try await fixture.take(order, key: key) }
            let snapshot = await fixture.snapshot(key: key)
            #expect(!snapshot.isEmpty)
            #expect(snapshot == expected ?? snapshot, "order \(order.map(\.messageId))")
            expected = expected ?? snapshot
        }
    }

    @Test(arguments: Self.sets.indices)
    func oneTransactionForEachCallEndsTheSameAsOneForAll(index: Int) async throws {
        let calls = Self.sets[index].calls.enumerated().map { $1.received(sequence: $0) }
        let fixture = try Fixture()
        let together = try fixture.makeKey(account: "together")
        try await fixture.takeTogether(calls, key: together)
        let expected = await fixture.snapshot(key: together)
        for (number, order) in permutations(calls).enumerated() where number % 8 == 3 {
            let key = try fixture.makeKey(account: "order \(number)")
            try await fixture.take(order, key: key)
            #expect(await fixture.snapshot(key: key) == expected, "order \(order.map(\.messageId))")
        }
    }

    @Test(arguments: 0..<12)
    func shuffledRandomCallsEndInTheSameRecords(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let calls = (0..<40).map { self.randomCall($0, &random).received(sequence: $0 / 2) }
        let fixture = try Fixture()
        var expected: String?
        for round in 0..<5 {
            let key = try fixture.makeKey(account: "round \(round)")
            var rest = (calls + calls.prefix(round * 5)).shuffled(using: &random)[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...9, using: &random)
                try await fixture.takeTogether(Array(rest.prefix(count)), key: key)
                rest = rest.dropFirst(count)
            }
            let snapshot = await fixture.snapshot(key: key)
            #expect(snapshot == expected ?? snapshot)
            expected = expected ?? snapshot
        }
    }

    private func randomCall(_ number: Int, _ random: inout SeededGenerator) -> TestCall {
        let user = ["u", "v", "w", nil, nil].randomElement(using: &random) ?? nil
        let device = ["x", "y", "z", nil].randomElement(using: &random) ?? nil
        let anonymous = user == nil && device == nil ? "x" : device
        // Distinct times for tracks, whose list is ordered by time; the identifies' may be equal.
        if Bool.random(using: &random) {
            return .track("t\(number)", user: user, anonymous: anonymous, at: number)
        }
        let traits = [
            #"{"email":"a@one.example"}"#, #"{"email":"b@two.example","plan":"p"}"#, #"{"email":null}"#,
            #"{"company":"Acme"}"#, #"{"company":{"domain":"three.example","size":\#(number)}}"#, #"{"company":null}"#,
            #"{"first_name":"F\#(number)"}"#, #"{"firstName":null}"#, #"{"title":"T\#(number)"}"#,
        ]
        return .identify(
            "i\(number)",
            user: user,
            anonymous: anonymous,
            at: Int.random(in: 0..<20, using: &random),
            traits.randomElement(using: &random) ?? "{}"
        )
    }
}
