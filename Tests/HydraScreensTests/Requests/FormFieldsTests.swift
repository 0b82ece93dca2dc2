import Testing

@testable import HydraScreens

@Suite struct FormFieldsTests {
    @Test func fieldsAreDecodedAndTheFirstOfANameCounts() throws {
        let form = try #require(FormFields("a=1&b=x+y%20z&a=2&c&d=&e=a%0D%0Ab&rules%5B0%5D.name=%C3%BC"))
        #expect(form["a"] == "1")
        #expect(form["b"] == "x y z")
        #expect(form["c"] == "")
        #expect(form.text("d") == nil)
        #expect(form["e"] == "a\nb")
        #expect(form["rules[0].name"] == "ü")
        #expect(form["absent"] == nil)
        #expect(form.trimmed("absent") == "")
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz", "%=1", "a=%ff", "a=%ed%a0%80"])
    func whatIsNotEncodedIsRefused(text: String) {
        #expect(FormFields(text) == nil)
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(FormFields(body: [0x61, 0x3d, 0xff]) == nil)
    }

    @Test func moreFieldsThanAFormHasAreRefused() {
        let most = String(repeating: "a=1&", count: ScreenLimits.formFields)
        #expect(FormFields(most) != nil)
        #expect(FormFields(most + "a=1") == nil)
    }

    @Test func whiteSpaceAroundAFieldIsTaken() {
        #expect(FormFields("a=%20%20x%20y%0A%20")?.trimmed("a") == "x y")
        #expect(FormFields("a=%20")?.trimmed("a") == "")
    }
}
