import Foundation
import HydraEngine
import JSON
import TestSupport
import Testing

@Suite struct ErasureTests {
    @Test func everythingOfThePersonIsGone() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .identify("a", user: "u", anonymous: "x", at: 1, #"{"company":{"id":1,"plan":"gold","size":7}}"#),
            .track("b", anonymous: "x", at: 2),
            .identify("c", user: "v", at: 0, #"{"company":{"id":1,"plan":"free"},"email":"v@one.example"}"#),
            .identify("d", user: "u", at: 3, #"{"company":"Gone"}"#)
        )
        let id = try await fixture.get("/v1/persons?userId=u").item()["id"]?.string ?? ""
        #expect(await fixture.send("DELETE", "/v1/persons/\(id)").status == 204)

        #expect(await fixture.get("/v1/persons/\(id)").status == 404)
        #expect(await fixture.get("/v1/persons/\(id)/events").status == 404)
        #expect(await fixture.get("/v1/persons?anonymousId=x").items.isEmpty)
        #expect(await fixture.send("DELETE", "/v1/persons/\(id)").status == 404)
        // The company that only this person named is gone; the other one says what the others said.
        let company = try await fixture.get("/v1/companies").item()
        #expect(company["traits"]?.rawString == #"{"id":1,"plan":"free"}"#)
        #expect(company["personCount"]?.int64 == 1)
        // Its messages are no longer known.
        try await fixture.take(.track("b", anonymous: "x", at: 2))
        #expect(await fixture.get("/v1/persons?anonymousId=x").items.count == 1)
    }

    /// The log is cut a second after the answer, and the next start cuts it where the program was killed before.
    @Test(arguments: ["while it runs", "stop", "kill"])
    func theErasedAreInNoFile(end: String) async throws {
        let fixture = try Fixture()
        let directory = fixture.directory
        let secret = "Erika-Mustermann"
        // So many that pages split and cells move between them.
        for start in stride(from: 0, to: 600, by: 100) {
            try await fixture.takeTogether(
                (start..<start + 100).map { number in
                    let text = number % 3 == 0 ? secret : "nobody"
                    return .track(
                        "\(text) \(number)",
                        user: number % 3 == 0 ? "e" : "o\(number)",
                        event: text,
                        #"{"feature":"\#(text)","text":"\#(text)"}"#
                    )
                }
            )
        }
        try await fixture.take(
            .identify("i", user: "e", #"{"name":"\#(secret)","email":"\#(secret)@one.example","company":"\#(secret)"}"#)
        )
        try fixture.settle()
        #expect(!Self.holders(of: secret, in: directory).isEmpty)
        let id = try await fixture.get("/v1/persons?userId=e").item()["id"]?.string ?? ""
        #expect(await fixture.send("DELETE", "/v1/persons/\(id)").status == 204)
        switch end {
        case "stop": fixture.engine.close()
        case "kill":
            // What a killed program leaves, started anew.
            let copy = try TemporaryDirectory()
            for name in ["hydra.sqlite", "hydra.sqlite-wal"] {
                try FileManager.default.copyItem(atPath: directory.file(name), toPath: copy.file(name))
            }
            let again = try Fixture(reopening: copy)
            #expect(Self.holders(of: secret, in: copy) == [])
            again.engine.close()
        default:
            let deadline = ContinuousClock.now + .seconds(60)
            while !Self.holders(of: secret, in: directory).isEmpty, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        #expect(end == "kill" || Self.holders(of: secret, in: directory) == [])
    }

    private static func holders(of text: String, in directory: TemporaryDirectory) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return names.filter { name in
            let data = (try? Data(contentsOf: URL(filePath: directory.file(name)))) ?? Data()
            return data.firstRange(of: Data(text.utf8)) != nil
        }
    }

    @Test func anAnonymousPersonCanBeErased() async throws {
        let fixture = try Fixture()
        try await fixture.take(.track("a", anonymous: "x"), .track("b", anonymous: "y"))
        let id = try await fixture.get("/v1/persons?anonymousId=x").item()["id"]?.string ?? ""
        #expect(await fixture.send("DELETE", "/v1/persons/\(id)").status == 204)
        #expect(await fixture.get("/v1/persons").items.count == 1)
    }
}
