import Testing

@testable import HydraEngine

@Suite struct TraitNameTests {
    @Test(arguments: ["firstName", "first_name", "First Name", "FIRSTNAME", "first-name", "first.name", "_firstName"])
    func knowsAllSpellings(spelling: String) {
        #expect(TraitName.normalised(spelling) == "firstname")
    }

    @Test(arguments: [
        ("Größe_cm", "größecm"), ("ÀÉ", "àé"), ("___", "___"), ("", ""), (" ", " "), ("年 齢", "年齢"),
        ("a\u{0}b", "a\u{0}b"),
    ])
    func keepsWhatIsNoSeparator(spelling: String, name: String) {
        #expect(TraitName.normalised(spelling) == name)
    }
}
