import JSON
import TestSupport
import Testing

@testable import HydraEngine

/// Ids that stand for nobody join nobody.
@Suite struct NobodyTests {
    /// As JSON strings.
    static let forms: [String] = [
        // Programs' words for nothing, in any case and between any marks.
        "null", "NULL", "Null", "(null)", "<null>", "[null]", "{null}", "'null'", #"\"null\""#, "nil", "NIL", "<nil>",
        "none",
        "None", "NONE", "undefined", "UNDEFINED", "undef", "NaN", "nan", "NAN", "-NaN", "N/A", "n/a", "n.a.", "NA",
        "void",
        "VOID", "empty", "DBNull", "System.DBNull", "Infinity", "-inf", "null-null", "undefined_undefined", "null null",
        "nan,nan", "null:null", "[object Object]", "[object Undefined]",
        "[OBJECT OBJECT]", "[object HTMLInputElement]",
        // People's, in many languages.
        "unknown", "Anonymous", "anon", "guest", "visitor", "not set", "(not set)", "not-logged-in", "nobody", "no one",
        "missing", "leer", "unbekannt", "Gast", "niemand", "keine", "vide", "inconnu", "anonyme", "invité", "vacío",
        "desconocido", "ninguno", "vuoto", "sconosciuto", "nessuno", "vazio", "desconhecido", "onbekend", "okänd",
        "ukendt",
        "nieznany", "пусто", "неизвестно", "匿名", "なし", "없음", "未知",
        // Zeros and dashes in any length and form.
        "0", "00", "0000000000", "0.0", "-0", "+0", "0x0", "0x0000000000000000", "0X00", "-", "--", "—", "–", "___",
        "...",
        "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}",
        "urn:uuid:00000000-0000-0000-0000-000000000000", "00000000000000000000000000000000", "00:00:00:00:00:00",
        "0.0.0.0",
        "::", "٠٠٠", "０００", "ffffffff-ffff-ffff-ffff-ffffffffffff", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "?", "*",
        "#",
        // Numbers and truth values that say no.
        "-1", "−1", "-1.0", "-01", "true", "TRUE", "false", "False", "yes", "no", "9774d56d682e549c",
        "02:00:00:00:00:00",
        // Blank.
        " ", "   ", "\\t", "\\n", "\\u0000", "\\u00a0", "\\u2003", "\\u3000", "\\u200b", "\\ufeff", "\\u2060",
        "\\u3164",
        "\\u2800", " null ", "\\u200bundefined\\u00a0",
        // The field's own name, and what templates left.
        "userId", "user_id", "USER-ID", "UserID", "anonymousId", "anonymous_id", "distinct_id", "id", "uuid", "email",
        "YOUR_USER_ID", "<USER_ID>", "[user id]", ":user_id", "{{userId}}", "{{ user.id }}", "{{{id}}}", "%USER_ID%",
        "%%user_id%%", "${id}", "${user.id}", "#{user.id}", "<%= user.id %>", "<?= $id ?>", "{% user %}", "__ID__",
        "__USER_ID__", "[[userId]]", "*|USER_ID|*", "{!User.Id}", "@@id@@", "$user_id", "$(id)", "%s", "%@", "%(user)s",
        "{userId}", "{0}", "{}", "user-{{id}}", "u_${userId}",
    ]

    static let ids: [String] = [
        "u", "u1", "user-0", "user_0", "0a", "a0", "00000000-0000-0000-0000-000000000001", "userId123", "john",
        "Nulle Part",
        "nullah", "nonesuch", "annon", "guest-41", "anonymous7", "1", "-2", "10", "0x1f", "007", "42", "a@b.example",
        "😀",
        "true-north", "falsey", "voidstar", "e\\u0301", "日本", "Иван", "{6f9619ff-8b86-d011-b42d-00cf4fc964ff}", "100%",
        "%40user%40", "a__b", "__7__", "fff", "xx", "auth0|5f7c8ec7c33c6c004bbafe82", "ALL/e+1=", "none@corp.example",
        "nina",
        "0-1", "id-7", "Noah", "Nan Goldin", "anon-😀",
    ]

    private func decoded(_ form: String) throws -> String {
        try #require(try Fixture.decoded(form))
    }

    @Test func isAFormOfSixtyAtLeast() {
        #expect(Self.forms.count >= 60)
        #expect(Set(Self.forms).count == Self.forms.count)
    }

    @Test(arguments: Self.forms)
    func standsForNobody(form: String) throws {
        #expect(NobodyRule().holds(try self.decoded(form)))
    }

    @Test(arguments: Self.ids)
    func isSomebody(id: String) throws {
        #expect(!NobodyRule().holds(try self.decoded(id)))
        #expect(!NobodyRule(blocked: ["other"]).holds(try self.decoded(id)))
    }

    @Test(arguments: Self.forms)
    func joinsNoPersons(form: String) async throws {
        let fixture = try Fixture()
        for person in 1...3 {
            try await fixture.take(
                .track("a\(person)", anonymous: "dev-\(person)", at: 0),
                .identify("b\(person)", user: form, anonymous: "dev-\(person)", at: 10, #"{"plan":"p\#(person)"}"#),
                .identify("c\(person)", user: "real-\(person)", anonymous: "dev-\(person)", at: 20)
            )
        }
        // With no other id the call is nobody's.
        try await fixture.take(
            .track("alone", user: form, at: 30),
            .track("apart", user: form, anonymous: form, at: 31)
        )
        let persons = await fixture.get("/v1/persons").items
        #expect(persons.count == 3)
        for person in persons {
            let number = person["userId"]?.string?.last.map { String($0) } ?? ""
            #expect(person["anonymousIds"]?.rawString == #"["dev-\#(number)"]"#)
            #expect(person["traits"]?["plan"]?.string == "p\(number)")
        }
        #expect(try StoreCheck.run(directory: fixture.directory.path).mistakes == [])
    }

    @Test(arguments: Self.forms)
    func joinsNoDevices(form: String) async throws {
        let fixture = try Fixture()
        for user in 1...3 {
            try await fixture.take(.identify("\(user)", user: "real-\(user)", anonymous: form, at: user))
        }
        try await fixture.take(.track("stranger", anonymous: form, at: 9))
        let persons = await fixture.get("/v1/persons").items
        #expect(persons.count == 3)
        #expect(persons.allSatisfy { $0["anonymousIds"]?.count == 0 })
        #expect(persons.allSatisfy { $0["lastSeenAt"]?.string != "2026-01-02T03:04:09.000Z" })
    }

    @Test func isCountedBySourceAndValue() async throws {
        let fixture = try Fixture()
        for (number, source) in ["Web", "Web", "App"].enumerated() {
            let call =
                #"{"messageId":"\#(number)","userId":"null","anonymousId":"d","source":"\#(source)","event":"e"}"#
            for _ in 0..<2 { #expect(await fixture.send("POST", "/v1/track", call).status == 200) }
        }
        let settings = try #require(await fixture.get("/v1/settings/identities").root)
        #expect(settings["ignoredCalls"]?.int64 == 3)
        let counted = settings["ignored"]?.elements.map { entry in
            "\(entry["source"]?.string ?? "") \(entry["member"]?.string ?? "") \(entry["value"]?.string ?? "") \(entry["calls"]?.int64 ?? 0)"
        }
        #expect(counted == ["Web userId null 2", "App userId null 1"])
    }

    @Test func theListCanBeChanged() async throws {
        let fixture = try Fixture()
        let change = #"{"blocked":["Test-User-*","demo"],"allowed":["GUEST"]}"#
        #expect(await fixture.send("PATCH", "/v1/settings/identities", change).status == 200)
        try await fixture.take(
            .track("a", user: "DEMO", anonymous: "x"),
            .track("b", user: "guest", anonymous: "y"),
            .track("c", user: "null", anonymous: "z")
        )
        #expect(await fixture.get("/v1/persons?userId=DEMO").items.isEmpty)
        #expect(await fixture.get("/v1/persons?userId=guest").items.count == 1)
        #expect(await fixture.get("/v1/persons?userId=null").items.isEmpty)
        for bad in [#"{"blocked":"x"}"#, #"{"blocked":[1]}"#, #"{"usersPerDevice":0}"#, #"{"more":1}"#] {
            #expect(await fixture.send("PATCH", "/v1/settings/identities", bad).status == 422)
        }
        #expect(await fixture.send("PATCH", "/v1/settings/identities").status == 400)
    }
}
