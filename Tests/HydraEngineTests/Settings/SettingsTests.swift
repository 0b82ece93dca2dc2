import JSON
import TestSupport
import Testing

@testable import HydraEngine

/// Keys are shown once, rotated with grace and revoked; sources are seen as they send.
@Suite struct SettingsTests {
    @Test func aKeyIsShownOnceAndWorksAtOnce() async throws {
        let fixture = try Fixture()
        let made = await fixture.send("POST", "/v1/settings/keys", #"{"name":"second"}"#)
        #expect(made.status == 201)
        let key = try #require(made.root?["key"]?.string)
        #expect(await fixture.send("GET", "/v1/persons", key: key).status == 200)
        let list = await fixture.get("/v1/settings/keys")
        #expect(list.items.count == 2)
        #expect(!list.text.contains(key))
        #expect(list.items.last?["masked"]?.string == "hk_…\(key.suffix(4))")
        #expect(list.items.map { $0["isCurrent"]?.bool } == [true, false])
    }

    @Test func aRotatedKeyWorksUntilItsGraceIsOver() async throws {
        let fixture = try Fixture()
        let id = try await fixture.get("/v1/settings/keys").item()["id"]?.string ?? ""
        let kept = await fixture.send("POST", "/v1/settings/keys/\(id)/rotate", #"{"graceSeconds":3600}"#)
        #expect(kept.status == 201)
        #expect(kept.root?["name"]?.string == "test")
        let next = try #require(kept.root?["key"]?.string)
        #expect(await fixture.get("/v1/persons").status == 200)
        let gone = await fixture.send("POST", "/v1/settings/keys/\(id)/rotate", #"{"graceSeconds":0}"#)
        #expect(gone.status == 201)
        #expect(await fixture.get("/v1/persons").status == 401)
        #expect(await fixture.send("GET", "/v1/persons", key: next).status == 200)
    }

    @Test func theLastKeyIsNotRevoked() async throws {
        let fixture = try Fixture()
        let id = try await fixture.get("/v1/settings/keys").item()["id"]?.string ?? ""
        #expect(await fixture.send("DELETE", "/v1/settings/keys/\(id)").code == "last_key")
        let key = await fixture.send("POST", "/v1/settings/keys", #"{"name":"b"}"#).root?["key"]?.string ?? ""
        #expect(await fixture.send("DELETE", "/v1/settings/keys/\(id)").status == 204)
        #expect(await fixture.get("/v1/persons").status == 401)
        #expect(await fixture.send("GET", "/v1/persons", key: key).status == 200)
    }

    @Test func anotherAccountsKeysAreNotThere() async throws {
        let fixture = try Fixture()
        let other = try fixture.makeKey(account: "other")
        let id = try await fixture.get("/v1/settings/keys").item()["id"]?.string ?? ""
        #expect(await fixture.send("DELETE", "/v1/settings/keys/\(id)", key: other).status == 404)
        #expect(await fixture.send("POST", "/v1/settings/keys/\(id)/rotate", key: other).status == 404)
        #expect(await fixture.send("GET", "/v1/settings/keys", key: other).items.count == 1)
    }

    @Test(arguments: [
        ("[]", 422), ("{", 400), (#"{"name":""}"#, 422), (#"{"name":7}"#, 422), ("{}", 422), ("", 422),
        (#"{"name":"a","nme":"b"}"#, 422), (#"{"name":"a\u0000"}"#, 422),
    ])
    func aBadBodyIsExplained(body: String, status: Int) async throws {
        let fixture = try Fixture()
        let answer = await fixture.send("POST", "/v1/settings/keys", body)
        #expect(answer.status == status)
        #expect(answer.root?["message"]?.string?.isEmpty == false)
        #expect(await fixture.get("/v1/settings/keys").items.count == 1)
    }

    @Test func sourcesAreCountedWithoutRepeats() async throws {
        let fixture = try Fixture()
        func call(_ id: String, _ source: String, isTrack: Bool) -> TestCall {
            var call: TestCall = isTrack ? .track(id, user: "u") : .identify(id, user: "u")
            call.members += #","source":"\#(source)","receivedAt":"2026-01-0\#(id.count)T00:00:00.000Z""#
            return call
        }
        try await fixture.take(call("a", "web", isTrack: true), call("bb", "web", isTrack: false))
        try await fixture.takeTogether([
            call("ccc", "web", isTrack: true), call("ccc", "web", isTrack: true), call("d", "phone", isTrack: true),
        ])
        try await fixture.take(call("a", "web", isTrack: true), TestCall.track("none", user: "u"))
        let sources = await fixture.get("/v1/settings/sources").items.map { item in
            ["name", "tracks", "identifies", "firstEventAt", "lastEventAt"].map { item[key: $0]?.rawString ?? "" }
                .joined(separator: " ")
        }
        #expect(
            sources == [
                #""phone" 1 0 "2026-01-01T00:00:00.000Z" "2026-01-01T00:00:00.000Z""#,
                #""web" 2 1 "2026-01-01T00:00:00.000Z" "2026-01-03T00:00:00.000Z""#,
            ]
        )
    }
}
