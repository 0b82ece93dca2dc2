import JSON
import Testing

@Suite struct JSONRepairTests {
    @Test(arguments: [
        ("\u{FEFF}{}", "{}"), ("\u{FEFF} [1] ", " [1] "), ("\u{FEFF}NaN", "null"),
        ("NaN", "null"), ("Infinity", "null"), ("-Infinity", "null"), ("[NaN,Infinity,-Infinity]", "[null,null,null]"),
        (#"{"a":NaN,"b":[ -Infinity ]}"#, #"{"a":null,"b":[ null ]}"#), ("[ NaN ]", "[ null ]"),
        // Only outside of strings.
        (#"{"NaN":NaN,"x":"-Infinity \" NaN"}"#, #"{"NaN":null,"x":"-Infinity \" NaN"}"#),
        (#"["\\",NaN]"#, #"["\\",null]"#), (#"["\\\"",NaN]"#, #"["\\\"",null]"#),
        // Halves of surrogate pairs.
        (#""\ud800""#, #""\ufffd""#), (#""\udc00""#, #""\ufffd""#),
        (#""\uD800\uD800\uDC00""#, #""\ufffd\uD800\uDC00""#),
        (#""\ud83d\ude00\ude00""#, #""\ud83d\ude00\ufffd""#), (#""\ude00\ud83d""#, #""\ufffd\ufffd""#),
        (#""\ud800x\u0041""#, #""\ufffdx\u0041""#), (#""\ud800\u0041""#, #""\ufffd\u0041""#),
        (#""\ud800\n""#, #""\ufffd\n""#),
        (#"{"\udfff":"\\ud800"}"#, #"{"\ufffd":"\\ud800"}"#), (#""\ud800\\udc00""#, #""\ufffd\\udc00""#),
        // All at once.
        ("\u{FEFF}[NaN,\"\\udead\"]", #"[null,"\ufffd"]"#),
    ])
    func repairsWhatClientsAreKnownToDo(text: String, repaired: String) throws {
        #expect(throws: JSONError.self) { try parse(text) }
        let document = try parseTolerantly(text)
        #expect(document.wasRepaired)
        #expect(document.bytes == Array(repaired.utf8))
    }

    @Test(arguments: [
        "{}", #""\ud83d\ude00""#, #"{"a":"NaN"}"#, "[null]", #""\\ud800""#, "\"\u{FEFF}\"",
    ])
    func leavesValidTextsAlone(text: String) throws {
        let document = try parseTolerantly(text)
        #expect(!document.wasRepaired)
        #expect(document.bytes == Array(text.utf8))
    }

    @Test func replacedSurrogatesDecode() throws {
        #expect(try parseTolerantly(#""a\ud800b""#).root.string == "a\u{FFFD}b")
        #expect(try parseTolerantly(#"{"\udc00":1}"#).root["\u{FFFD}"]?.int64 == 1)
    }

    @Test(arguments: [
        // Nothing to repair: the strict error.
        Refused("[1,]", .unexpectedCharacter, at: 3), Refused("", .empty, at: 0),
        Refused("{", .unclosedContainer, at: 0),
        Refused("\"a", .unclosedString, at: 0), Refused("[01]", .invalidNumber, at: 2),
        Refused("nan", .invalidLiteral, at: 0),
        Refused("inf", .unexpectedCharacter, at: 0), Refused("+Infinity", .unexpectedCharacter, at: 0),
        Refused("undefined", .unexpectedCharacter, at: 0), Refused(#""\u12""#, .invalidEscape, at: 1),
        Refused("\"\n\"", .controlCharacter, at: 1),
        // Repaired, but still wrong: the place in the text as it was sent.
        Refused("\u{FEFF}", .empty, at: 3), Refused("\u{FEFF}\u{FEFF}1", .byteOrderMark, at: 3),
        Refused("\u{FEFF}[1,]", .unexpectedCharacter, at: 6),
        Refused("[NaN,]", .unexpectedCharacter, at: 5), Refused("[Infinity,1,]", .unexpectedCharacter, at: 12),
        Refused("[-Infinity,NaN,Infinity,x]", .unexpectedCharacter, at: 24), Refused("NaNNaN", .invalidLiteral, at: 3),
        Refused("--Infinity", .invalidNumber, at: 1), Refused("{NaN:1}", .unexpectedCharacter, at: 1),
        Refused("[1 NaN]", .unexpectedCharacter, at: 3), Refused(#"["\ud800",]"#, .unexpectedCharacter, at: 10),
        Refused(#"["\ud800","\q"]"#, .invalidEscape, at: 11), Refused("[NaN", .unclosedContainer, at: 0),
        Refused([0xEF, 0xBB, 0xBF, 0x22, 0xFF, 0x22], .invalidUTF8, at: 4),
        Refused([0x22, 0xEF, 0xBB, 0x22], .invalidUTF8, at: 1), Refused("[NaN]\u{FEFF}", .trailingContent, at: 5),
    ])
    func refusesTheRestAndSaysWhereInTheTextAsSent(refused: Refused) {
        #expect(tolerantFailure(refused.bytes) == JSONError(refused.code, at: refused.offset))
    }

    @Test func takesLinearTimeForManyRepairs() throws {
        let text = "[" + String(repeating: #"NaN,"\ud800",-Infinity,"#, count: 50_000) + "0]"
        #expect(try parseTolerantly(text).root.count == 150_001)
    }
}
