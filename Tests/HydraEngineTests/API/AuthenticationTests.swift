import JSON
import TestSupport
import Testing

@testable import HydraEngine

@Suite struct AuthenticationTests {
    @Test(arguments: [
        ("Basic " + base64("key:"), "key"), ("Basic " + base64("key:password"), "key"),
        ("Basic " + base64("key"), "key"),
        ("basic " + base64("key:"), "key"), ("BASIC   " + base64("key:"), "key"),
    ])
    func readsTheUser(header: String, user: String) {
        #expect(BasicCredentials.user(header)?.value == user)
    }

    @Test(arguments: [
        nil, "", "Basic", "Basic ", "Basic ???", "Bearer key", "Basic " + base64(":x"),
        String(repeating: "a", count: 9000),
    ])
    func findsNoUser(header: String?) {
        #expect(BasicCredentials.user(header) == nil)
    }

    @Test(arguments: [
        ("POST", "/v1/identify"), ("POST", "/v1/track"), ("POST", "/v1/batch"), ("GET", "/v1/persons"),
        ("GET", "/v1/persons/p_x"), ("GET", "/v1/persons/p_x/events"), ("DELETE", "/v1/persons/p_x"),
        ("GET", "/v1/companies"), ("GET", "/v1/companies/c_x"),
    ])
    func everyOtherPathNeedsAKey(method: String, target: String) async throws {
        let fixture = try Fixture()
        for key in [nil, "", "wrong"] {
            let answer = await fixture.send(method, target, "{}", key: key)
            #expect(answer.status == 401)
            #expect(answer.code == "unauthorized")
            #expect(answer.headers["WWW-Authenticate"] == #"Basic realm="hydra""#)
        }
    }

    @Test func keysAreShownOnceKeptHashedAndRevoked() async throws {
        let fixture = try Fixture()
        let keys = try KeyStore(directory: fixture.directory.path)
        defer { keys.close() }
        let (secret, info) = try keys.create(account: "other", name: "n")
        #expect(secret.value.hasPrefix("hk_") && secret.value.utf8.count == 55)
        #expect("\(secret)".contains(secret.value) == false)
        #expect(info.masked == "hk_…\(secret.value.suffix(4))")
        // Works at once, beside the running engine.
        #expect(await fixture.send("GET", "/v1/persons", key: secret.value).status == 200)
        try keys.revoke(id: info.id, grace: .seconds(3600))
        #expect(try keys.list().last?.validUntil != nil)
        try keys.revoke(id: info.id)
        #expect(throws: EngineError.self) { try keys.revoke(id: 999) }
        // Asked anew, as after the second for which a key is remembered.
        #expect(try KeyRing(store: fixture.engine.store).account(of: secret) == nil)
    }

    @Test(arguments: ["", "a\nb", String(repeating: "x", count: 101)])
    func namesAreChecked(name: String) throws {
        let fixture = try Fixture()
        let keys = try KeyStore(directory: fixture.directory.path)
        defer { keys.close() }
        #expect(throws: EngineError.self) { try keys.create(account: name, name: "n") }
        #expect(throws: EngineError.self) { try keys.create(account: "a", name: name) }
    }
}
