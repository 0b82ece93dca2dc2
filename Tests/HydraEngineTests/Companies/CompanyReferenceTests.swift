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
