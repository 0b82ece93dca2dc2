import JSON
import Testing

@testable import HydraEngine

@Suite struct CompanyReferenceTests {
    private func reference(_ json: String) throws -> CompanyReference? {
        CompanyReference(trait: try JSONParser().parse(Array(json.utf8)).root)
    }

    @Test(arguments: [
        (#""Acme  Inc""#, RecordKey.Kind.companyName, "acme inc"),
        ("17", .companyID, "17"),
        (#"{"id":17,"name":"Acme","domain":"acme.com"}"#, .companyID, "17"),
        (#"{"ID":"x-1"}"#, .companyID, "x-1"),
        (#"{"id":"","name":"Acme","Domain":"WWW.Acme.com"}"#, .companyDomain, "acme.com"),
        (#"{"name":"Acme","website":"https://www.acme.co.uk/"}"#, .companyDomain, "acme.co.uk"),
        (#"{"name":" ACME "}"#, .companyName, "acme"),
        (#"{"name":"A","name":"B"}"#, .companyName, "b"),
        (#"[null,[1],{"name":"Acme"},"Other"]"#, .companyName, "acme"),
    ])
    func recognisesACompany(json: String, kind: RecordKey.Kind, value: String) throws {
        let reference = try #require(try self.reference(json))
        #expect(reference.kind == kind)
        #expect(reference.value == value)
    }

    @Test(arguments: [
        "null", "true", "\"\"", "\"  \"", "{}", "[]", "[[{\"name\":\"Acme\"}]]", #"{"plan":"gold"}"#, #"{"name":null}"#,
    ])
    func namesNoCompany(json: String) throws {
        #expect(try self.reference(json) == nil)
    }

    /// A company trait (JSON) and an e-mail, and the company that they make: `-` for none.
    @Test(
        arguments: [
            // Words for having none leave it to the e-mail, in any language, as a text and in an object.
            (#""N/A""#, "a@big.example", "big.example"), (#""n/a""#, nil, "-"), (#""None""#, nil, "-"),
            (#""-""#, nil, "-"),
            (#""--""#, nil, "-"), (#""null""#, nil, "-"), (#""undefined""#, nil, "-"),
            (#""[object Object]""#, nil, "-"),
            (#""Freelance""#, "a@big.example", "big.example"), (#""Self-employed""#, nil, "-"),
            (#""self employed""#, nil, "-"), (#""SELF-EMPLOYED""#, nil, "-"), (#""Selbstständig""#, nil, "-"),
            (#""selbständig""#, nil, "-"), (#""Freiberuflerin""#, nil, "-"), (#""Privat""#, nil, "-"),
            (#""keine""#, nil, "-"), (#""k.A.""#, nil, "-"), (#""Auto-entrepreneur""#, nil, "-"),
            (#""Indépendant""#, nil, "-"), (#""à mon compte""#, nil, "-"), (#""Sans emploi""#, nil, "-"),
            (#""Autónomo""#, nil, "-"), (#""Ninguna""#, nil, "-"), (#""Libero professionista""#, nil, "-"),
            (#""ZZP'er""#, nil, "-"), (#""n.v.t.""#, nil, "-"), (#""brak""#, nil, "-"),
            (#""Egenföretagare""#, nil, "-"),
            (#""самозанятый""#, nil, "-"), (#""нет""#, nil, "-"), (#""フリーランス""#, nil, "-"), (#""个人""#, nil, "-"),
            (#""프리랜서""#, nil, "-"), (#""Freelance designer""#, nil, "-"), (#""Freelancer - Web""#, nil, "-"),
            (#""Self-employed (translator)""#, nil, "-"), (#""Independent Consultant""#, nil, "-"),
            (#""Student""#, nil, "-"),
            (#""Retired""#, nil, "-"), (#""Unemployed""#, nil, "-"), (#""{{company}}""#, nil, "-"),
            (#""${company}""#, nil, "-"),
            (#""0""#, nil, "-"), (#""000""#, nil, "-"), (#"".""#, nil, "-"), (#""xxx""#, nil, "-"),
            (#""test""#, nil, "-"),
            (#""company""#, nil, "-"), (#"{"name":"N/A"}"#, "a@big.example", "big.example"),
            (#"{"name":"Freelance","plan":"x"}"#, nil, "-"), (#"{"name":"none","id":"null"}"#, "a@gmail.com", "-"),
            (#"["none","Acme"]"#, nil, "acme"),
            // And names that only look like them.
            (#""3M""#, nil, "3m"), (#""1&1""#, nil, "1&1"), (#""Freelancer.com""#, nil, "freelancer.com"),
            (#""Independent Bank""#, nil, "independent bank"), (#""Nil Returns Ltd""#, nil, "nil returns ltd"),
            (#""None of the Above Inc""#, nil, "none of the above inc"),
            (#""Test Valley Borough""#, nil, "test valley borough"),
            (#""Student Beans""#, nil, "student beans"), (#""Home Depot""#, nil, "home depot"),
            (#""Other World""#, nil, "other world"),
            // Ids by the one rule; what stands for none is none.
            (#"{"id":42}"#, nil, "#42"), (#"{"id":42.0}"#, nil, "#42"), (#"{"id":"42"}"#, nil, "#42"),
            ("4.2e1", nil, "#42"),
            (#"{"id":0,"name":"AlphaCo"}"#, nil, "alphaco"), (#"{"id":"undefined","name":"Acme"}"#, nil, "acme"),
            (#"{"id":"null","domain":"acme.example"}"#, nil, "acme.example"),
            (#"{"id":-1,"name":"Acme"}"#, nil, "acme"),
            (#"{"id":"00000000-0000-0000-0000-000000000000","name":"Acme"}"#, nil, "acme"),
            (#"{"id":"%COMPANY_ID%","name":"Acme"}"#, nil, "acme"), (#"{"id":"[object Object]"}"#, nil, "-"),
            // Sites that many share do not say which company.
            (#"{"name":"Foo Ltd","website":"https://www.linkedin.com/company/foo"}"#, nil, "foo ltd"),
            (#"{"name":"Bar Ltd","website":"https://facebook.com/bar"}"#, nil, "bar ltd"),
            (#"{"domain":"gmail.com"}"#, nil, "-"), (#"{"domain":"gmail.com"}"#, "a@acme.example", "acme.example"),
            (#"{"name":"Foo","website":"https://instagram.com/foo"}"#, nil, "foo"),
            (#"{"name":"Foo","website":"https://github.com/foo"}"#, nil, "foo"),
            (#"{"name":"Foo","website":"https://linktr.ee/foo"}"#, nil, "foo"),
            (#"{"name":"Foo","website":"https://www.amazon.co.uk/shops/foo"}"#, nil, "foo"),
            (#"{"name":"Foo","website":"https://sites.google.com/view/foo"}"#, nil, "foo"),
            (#"{"name":"Foo","domain":"live.co.uk"}"#, nil, "foo"),
            (#"{"name":"Foo","domain":"mailinator.com"}"#, nil, "foo"),
            (#"{"name":"Foo","website":"foo.github.io"}"#, nil, "foo.github.io"),
            (#"{"name":"Foo","website":"https://foo.myshopify.com"}"#, nil, "foo.myshopify.com"),
            (#"{"name":"LinkedIn","domain":"linkedin.com"}"#, nil, "linkedin.com"),
            (#"{"name":"GitHub, Inc.","domain":"github.com"}"#, nil, "github.com"),
            // Tenants are companies of their own.
            ("null", "j@contoso.onmicrosoft.com", "contoso.onmicrosoft.com"),
            ("null", "k@fabrikam.onmicrosoft.com", "fabrikam.onmicrosoft.com"),
            ("null", "octo@users.noreply.github.com", "-"),
            // One company by name and by mail.
            (#""Acme Inc""#, "a@acme.example", "acme.example"), (#""Acme, Inc.""#, "a@acme.example", "acme.example"),
            (#"{"name":"ACME GmbH & Co. KG"}"#, "a@mail.acme.example", "acme.example"),
            (#""Acme Software""#, "a@acme-software.example", "acme-software.example"),
            (#""The Acme Company""#, "a@acme.example", "acme.example"),
            (#""Other Inc""#, "a@acme.example", "other inc"),
            (#""Acme Inc""#, "a@gmail.com", "acme inc"), (#""Acme, Inc.""#, nil, "acme inc"),
            (#""ACME  INC""#, nil, "acme inc"),
            (#""acme.com""#, nil, "acme.com"), (#""https://www.acme.example/""#, nil, "acme.example"),
            (#"{"id":7,"name":"Acme"}"#, "a@acme.example", "#7"),
        ] as [(String, String?, String)]
    )
    func theCompanyOfSomebody(trait: String, email: String?, company: String) throws {
        let reference = CompanyReference(trait: try JSONParser().parse(Array(trait.utf8)).root, email: email)
        let found = reference.map { ($0.kind == .companyID ? "#" : "") + $0.value } ?? "-"
        #expect(found == company)
    }

    @Test func keepsWhatTheObjectSays() throws {
        let reference = try #require(try self.reference(#"{"name":"Acme","employee_count":1.0,"plan":null}"#))
        #expect(
            reference.attributes == [
                TraitUpdate(name: "name", spelling: "name", value: Array(#""Acme""#.utf8)),
                TraitUpdate(name: "employeecount", spelling: "employee_count", value: Array("1.0".utf8)),
                TraitUpdate(name: "plan", spelling: "plan", value: nil),
            ]
        )
    }
}
