import JSON
import Testing

@Suite struct JSONMembersTests {
    private func distinct(_ text: String) throws -> [String] {
        try parse(text).root.members.lastWins.map { "\($0.key.string)=\($0.value.rawString)" }
    }

    @Test(
        arguments: [
            ("{}", []), ("[]", []), ("1", []), (#"{"a":1}"#, ["a=1"]), (#"{"a":1,"b":2}"#, ["a=1", "b=2"]),
            (#"{"a":1,"a":2}"#, ["a=2"]), (#"{"a":1,"b":2,"a":3}"#, ["a=3", "b=2"]),
            (#"{"a":1,"\u0061":2,"b":3,"\u0062":4}"#, ["a=2", "b=4"]), (#"{"":1,"":2}"#, ["=2"]),
            (#"{"ab":1,"ba":2,"bb":3,"ab":{"ab":4}}"#, [#"ab={"ab":4}"#, "ba=2", "bb=3"]),
            (#"{"a":1,"a":2,"a":3,"b":4,"b":5}"#, ["a=3", "b=5"]),
        ] as [(String, [String])]
    )
    func eachNameOnceWithItsLastValueInItsFirstPlace(text: String, expected: [String]) throws {
        #expect(try distinct(text) == expected)
        #expect(try parse(text).root.members.lastWins.count == expected.count)
    }

    /// Names that differ only where a quick look does not look.
    @Test func namesThatLookAlikeStayApart() throws {
        let names = (0..<26).map { "a" + String(UnicodeScalar(UInt8(97 + $0))) + "z" }
        let text = "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        #expect(try distinct(text) == names.map { $0 + "=0" })
    }

    @Test(arguments: [63, 64, 65, 66, 500])
    func largeObjectsAreTheSame(count: Int) throws {
        let members = (0..<count).map { "\"k\($0 % (count - 1))\":\($0)" }
        let result = try distinct("{" + members.joined(separator: ",") + "}")
        #expect(result.count == count - 1)
        #expect(result.first == "k0=\(count - 1)")
        #expect(result.last == "k\(count - 2)=\(count - 2)")
    }

    /// 100,000 members would take minutes if every pair were compared.
    @Test(.timeLimit(.minutes(1))) func hostileObjectsTakeLinearTime() throws {
        let members = (0..<100_000).map { "\"\($0)\":\($0)" }.joined(separator: ",")
        let root = try parse("{" + members + "," + members + "}").root
        #expect(root.count == 200_000)
        #expect(root.members.lastWins.count == 100_000)
    }

    @Test func keysCompareByTheirDecodedNames() throws {
        let first = try parse(#"{"a\n":1,"b":2}"#).root.members.map(\.key)
        let second = try parse(#"{"\u0061\u000a":1,"c":2}"#).root.members.map(\.key)
        #expect(first[0] == second[0])
        #expect(second[0] == first[0])
        #expect(first[0].hashValue == second[0].hashValue)
        #expect(first[1] != second[1])
        #expect(first[1] != second[0])
        #expect(Set(first + second).count == 3)
        #expect(first[0].equals("a\n"))
        #expect(second[0].equals("a\n"))
        #expect(!first[1].equals("bb"))
    }
}
