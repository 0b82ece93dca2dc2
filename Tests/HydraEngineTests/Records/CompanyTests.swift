import JSON
import Testing

@Suite struct CompanyTests {
    @Test func theCompanyTraitGoesBeforeTheEmail() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .identify("a", user: "u", #"{"email":"u@one.example","company":{"name":"Acme","plan":"gold"}}"#)
        )
        let company = try await fixture.get("/v1/companies").item()
        #expect(company["name"]?.string == "Acme")
        #expect(company["traits"]?.rawString == #"{"name":"Acme","plan":"gold"}"#)
        #expect(try await fixture.get("/v1/persons").item()["company"]?["name"]?.string == "Acme")
    }

    @Test(arguments: ["u@gmail.com", "no address", ""])
    func anAddressOfNoEmployerNamesNoCompany(email: String) async throws {
        let fixture = try Fixture()
        try await fixture.take(.identify("a", user: "u", #"{"email":"\#(email)"}"#))
        #expect(await fixture.get("/v1/companies").items.isEmpty)
        #expect(try await fixture.get("/v1/persons").item()["company"]?.isNull == true)
    }

    @Test func aPersonMayChangeCompanyAndBothKeepTheHistory() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .identify("a", user: "u", at: 1, #"{"email":"u@one.example"}"#),
            .identify("b", user: "u", at: 2, #"{"email":"u@two.example"}"#)
        )
        let person = try await fixture.get("/v1/persons").item()
        #expect(person["company"]?["domain"]?.string == "two.example")
        let history = await fixture.get("/v1/persons/\(person["id"]?.string ?? "")").root?["companies"]
        #expect(history?.elements.compactMap { $0["domain"]?.string } == ["two.example", "one.example"])
        let former = try await fixture.get("/v1/companies?domain=one.example").item()
        #expect(former["personCount"]?.int64 == 0)
    }

    @Test func personsAreFoundByTheirCompany() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .identify("a", user: "u", #"{"company":"Acme"}"#),
            .identify("b", user: "v", #"{"company":"ACME "}"#),
            .identify("c", user: "w", #"{"company":"Other"}"#)
        )
        let acme = try await fixture.get("/v1/companies?q=acm").item()
        #expect(acme["personCount"]?.int64 == 2)
        let found = await fixture.get("/v1/persons?company=\(acme["id"]?.string ?? "")").items
        #expect(found.compactMap { $0["userId"]?.string } == ["v", "u"])
        #expect(await fixture.get("/v1/persons?q=aCME").items.count == 2)
        let id = acme["id"]?.string ?? ""
        #expect(await fixture.get("/v1/companies/\(id)").root?["traits"]?.rawString == acme["traits"]?.rawString)
    }

    @Test func traitsOfACompanyMergeOverItsPersons() async throws {
        let fixture = try Fixture()
        try await fixture.take(
            .identify(
                "a",
                user: "u",
                at: 5,
                #"{"company":{"domain":"acme.example","employeeCount":50,"plan":"gold"}}"#
            ),
            .identify(
                "b",
                user: "v",
                at: 4,
                #"{"company":{"domain":"acme.example","employee_count":10,"name":"Acme"}}"#
            ),
            .identify("c", user: "v", at: 6, #"{"company":{"domain":"acme.example","plan":null}}"#)
        )
        let company = try await fixture.get("/v1/companies").item()
        #expect(company["traits"]?.rawString == #"{"domain":"acme.example","employeeCount":50,"name":"Acme"}"#)
        #expect(company["name"]?.string == "Acme")
    }

    /// The name, the domain and a colleague's address lead to one company, whatever arrives first.
    @Test func oneCompanyByNameByDomainAndByMail() async throws {
        let calls: [TestCall] = [
            .identify("a", user: "u", #"{"email":"u@acme.example","company":"Acme Inc"}"#),
            .identify("b", user: "v", #"{"email":"v@acme.example"}"#),
            .identify("c", user: "w", #"{"company":{"name":"Acme","website":"https://www.acme.example/"}}"#),
            .identify("d", user: "x", #"{"email":"x@acme.example","company":{"name":"Acme, Inc."}}"#),
        ]
        for order in [calls, calls.reversed()] {
            let fixture = try Fixture()
            try await fixture.take(order)
            let company = try await fixture.get("/v1/companies").item()
            #expect(company["domain"]?.string == "acme.example")
            #expect(company["personCount"]?.int64 == 4)
        }
    }

    /// Many with one provider's addresses, none of whom names a company, are not one company without a word.
    @Test func aCrowdAtOneDomainIsDoubted() async throws {
        let fixture = try Fixture()
        let crowd = (1...20).map { number in
            TestCall.identify("m\(number)", user: "m\(number)", #"{"email":"m\#(number)@unheard-of.example"}"#)
        }
        try await fixture.take(crowd)
        #expect(try await fixture.get("/v1/companies").item()["doubt"]?.isNull == true)
        try await fixture.take(.identify("a", user: "a", #"{"company":{"domain":"acme.example","name":"Acme"}}"#))
        let doubted = try await fixture.get("/v1/companies?domain=unheard-of.example").item()
        #expect(doubted["doubt"]?.string?.hasPrefix("20 persons have an address at unheard-of.example") == true)
        #expect(try await fixture.get("/v1/companies?domain=acme.example").item()["doubt"]?.isNull == true)
        let named = TestCall.identify(
            "b",
            user: "m1",
            at: 1,
            #"{"company":{"domain":"unheard-of.example","name":"Unheard of"}}"#
        )
        try await fixture.take(named)
        #expect(
            try await fixture.get("/v1/companies?domain=unheard-of.example").item()["doubt"]?.isNull == true
        )
    }
}

@Suite struct EmailSearchTests {
    @Test(arguments: [
        " sp@x.example ", "Sp <sp@x.example>", "mailto:sp@x.example", "sp@x.example.", #"sp@x.example\n"#,
        "SP@X.example",
    ])
    func aPersonIsFoundByTheAddressHoweverItWasSent(sent: String) async throws {
        let fixture = try Fixture()
        try await fixture.take(.identify("a", user: "u", #"{"email":"\#(sent)"}"#))
        for asked in ["sp@x.example", "%20SP@X.EXAMPLE%20", "mailto:sp@x.example"] {
            #expect(await fixture.get("/v1/persons?email=\(asked)").items.count == 1)
        }
        #expect(await fixture.get("/v1/persons?q=sp@x.example").items.count == 1)
    }
}
