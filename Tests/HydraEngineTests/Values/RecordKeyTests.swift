import Testing

@testable import HydraEngine

@Suite struct RecordKeyTests {
    private let salt = AccountSalt(bytes: Array(repeating: 7, count: 32))

    @Test func dependsOnAccountKindAndValue() {
        let key = RecordKey(salt: self.salt, kind: .user, value: "u")
        #expect(key == RecordKey(salt: self.salt, kind: .user, value: "u"))
        #expect(key != RecordKey(salt: self.salt, kind: .anonymous, value: "u"))
        #expect(key != RecordKey(salt: self.salt, kind: .user, value: "v"))
        #expect(key != RecordKey(salt: .random(), kind: .user, value: "u"))
        // Two spellings that Swift calls equal are two ids.
        #expect(
            RecordKey(salt: self.salt, kind: .user, value: "e\u{301}")
                != RecordKey(salt: self.salt, kind: .user, value: "\u{e9}")
        )
    }

    @Test func survivesTheDatabaseAndTheURL() {
        let key = RecordKey(high: .max - 3, low: 5)
        #expect(RecordKey(bytes: key.bytes) == key)
        #expect(PublicID.personKey(PublicID.person(key)) == key)
        #expect(PublicID.companyKey(PublicID.company(key)) == key)
        #expect(PublicID.companyKey(PublicID.person(key)) == nil)
    }

    @Test(arguments: ["", "p_", "p_0", "c_00000000000000000000000000", "p_0000000000000000000000000!"])
    func refusesWhatIsNoPersonID(id: String) {
        #expect(PublicID.personKey(id) == nil)
    }

    @Test func hasOneSpellingEach() {
        let id = PublicID.person(RecordKey(high: 1, low: 2))
        #expect(PublicID.personKey(id.uppercased()) == nil)
        // The last digit carries two bits that are not part of the key; they must be zero.
        #expect(PublicID.personKey(String(id.dropLast()) + "z") == nil)
    }
}
