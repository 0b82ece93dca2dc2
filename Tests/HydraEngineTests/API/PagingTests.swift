import JSON
import Testing

@Suite struct PagingTests {
    /// Follows the cursors to the end.
    private func walk(
        _ fixture: Fixture,
        _ list: String,
        limit: Int,
        between: (Int) async throws -> Void = { _ in }
    ) async throws -> [String] {
        var found: [String] = []
        var cursor: String?
        var page = 0
        repeat {
            let join = list.contains("?") ? "&" : "?"
            let answer = await fixture.get("\(list)\(join)limit=\(limit)" + (cursor.map { "&cursor=\($0)" } ?? ""))
            try #require(answer.status == 200)
            #expect(answer.items.count <= limit)
            found += answer.items.compactMap { ($0["messageId"] ?? $0["id"])?.string }
            cursor = answer.nextCursor
            page += 1
            try await between(page)
        } while cursor != nil && page < 100
        return found
    }

    @Test(arguments: [1, 2, 3, 7, 8, 200])
    func everyItemComesOnceInOrder(limit: Int) async throws {
        let fixture = try Fixture()
        try await fixture.takeTogether((0..<7).map { .track("m\($0)", user: "u\($0)", at: $0) })
        let all = await fixture.get("/v1/persons").items.compactMap { $0["id"]?.string }
        #expect(all.count == 7)
        #expect(try await self.walk(fixture, "/v1/persons", limit: limit) == all)
        #expect(try await self.walk(fixture, "/v1/persons?q=u", limit: limit) == all)
    }

    @Test func whatArrivesBetweenPagesNeitherRepeatsNorHidesAnything() async throws {
        let fixture = try Fixture()
        // Several events of one time: the row decides between them.
        try await fixture.takeTogether((0..<20).map { .track("m\($0)", user: "u", at: $0 / 4) })
        let person = try await fixture.get("/v1/persons").item()["id"]?.string ?? ""
        let before = await fixture.get("/v1/persons/\(person)/events").items.compactMap { $0["messageId"]?.string }
        #expect(before.count == 20)
        let found = try await self.walk(fixture, "/v1/persons/\(person)/events", limit: 3) { page in
            // Newer and older ones, and ones of the very times that are being shown; and new persons.
            try await fixture.takeTogether([
                .track("new\(page)", user: "u", at: 30 + page), .track("old\(page)", user: "u", at: 0),
                .track("mid\(page)", user: "u", at: 2), .track("else\(page)", user: "v\(page)"),
            ])
        }
        #expect(Set(found).count == found.count)
        #expect(found.filter { $0.hasPrefix("m") && !$0.hasPrefix("mid") } == before)
    }

    /// Each order is that of its key, and a walk through it meets everybody once, also while others arrive.
    @Test(arguments: ["createdAt", "lastSeenAt", "name", "uses"], ["", "-"])
    func everyOrderIsWalkedWhole(key: String, sign: String) async throws {
        let fixture = try Fixture()
        let names = ["Zoe", "ada", "", "Émile", "ada", "bob", "Bob", "\\u0000x"]
        try await fixture.takeTogether(
            names.enumerated().map { index, name in
                .identify("m\(index)", user: "u\(index)", at: (index * 5) % 8, #"{"name":"\#(name)"}"#)
            }
        )
        let whole = await fixture.get("/v1/persons?sort=\(sign)\(key)")
        try #require(whole.status == 200, "\(whole.text)")
        let all = whole.items.compactMap { $0["id"]?.string }
        #expect(all.count == names.count)
        if key == "name" {
            // Without a name it is the user id; a NUL is a space.
            let keys = whole.items.map { person in
                (person["name"]?.string?.lowercased() ?? person["userId"]?.string ?? "").replacing("\0", with: " ")
            }
            let sorted = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            #expect(keys == (sign == "-" ? sorted.reversed() : sorted))
        }
        let backwards = await fixture.get("/v1/persons?sort=\(sign == "-" ? "" : "-")\(key)")
        #expect(backwards.items.compactMap { $0["id"]?.string } == all.reversed())
        let found = try await self.walk(fixture, "/v1/persons?sort=\(sign)\(key)", limit: 3) { page in
            try await fixture.take(.identify("new\(page)", user: "v\(page)", at: page, #"{"name":"carl"}"#))
        }
        #expect(Set(found).count == found.count)
        #expect(found.filter { all.contains($0) } == all)
    }

    @Test func newPersonsBetweenPagesDoNotShiftTheList() async throws {
        let fixture = try Fixture()
        try await fixture.takeTogether((0..<9).map { .track("m\($0)", anonymous: "a\($0)", at: $0) })
        let before = await fixture.get("/v1/persons").items.compactMap { $0["id"]?.string }
        let found = try await self.walk(fixture, "/v1/persons", limit: 2) { page in
            try await fixture.take(.track("new\(page)", anonymous: "new\(page)"))
        }
        #expect(found == before)
    }

    @Test func aCursorBelongsToItsListAndFilters() async throws {
        let fixture = try Fixture()
        try await fixture.takeTogether((0..<3).map { .identify("m\($0)", user: "u\($0)", #"{"company":"C\#($0)"}"#) })
        let cursor = await fixture.get("/v1/persons?q=u&limit=1").nextCursor ?? ""
        #expect(await fixture.get("/v1/persons?q=u&limit=2&cursor=\(cursor)").items.count == 2)
        for list in [
            "/v1/persons?", "/v1/persons?q=u1&", "/v1/persons?userId=u&", "/v1/companies?", "/v1/companies?q=u&",
        ] {
            let answer = await fixture.get("\(list)cursor=\(cursor)")
            #expect(answer.status == 400)
            #expect(answer.code == "bad_parameter")
        }
    }

    @Test func aJoinBetweenPagesDoesNotBreakTheWalk() async throws {
        let fixture = try Fixture()
        try await fixture.takeTogether((0..<6).map { .track("m\($0)", anonymous: "x", at: $0) })
        let person = try await fixture.get("/v1/persons").item()["id"]?.string ?? ""
        let found = try await self.walk(fixture, "/v1/persons/\(person)/events", limit: 2) { page in
            guard page == 1 else { return }
            try await fixture.take(.identify("i", user: "u", at: 9), .identify("j", user: "u", anonymous: "x", at: 9))
            #expect(await fixture.get("/v1/persons").items.count == 1)
        }
        #expect(found == ["m5", "m4", "m3", "m2", "m1", "m0"])
    }

    @Test func aPageOfLargeEventsEndsEarly() async throws {
        let fixture = try Fixture()
        let text = String(repeating: "a", count: 900_000)
        for number in 0..<7 {
            try await fixture.take(.track("m\(number)", user: "u", at: number, #"{"a":"\#(text)"}"#))
        }
        let person = try await fixture.get("/v1/persons").item()["id"]?.string ?? ""
        let first = await fixture.get("/v1/persons/\(person)/events")
        #expect(first.items.count == 5)
        let rest = await fixture.get("/v1/persons/\(person)/events?cursor=\(first.nextCursor ?? "")")
        #expect(rest.items.count == 2)
        #expect(rest.nextCursor == nil)
    }
}
