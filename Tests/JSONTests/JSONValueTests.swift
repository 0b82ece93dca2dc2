import JSON
import Testing

@Suite struct JSONValueTests {
    @Test func knowsTheKindOfEachValue() throws {
        let elements = try parse(#"[{},[],"",0,true,false,null]"#).root.elements
        #expect(elements.map(\.kind) == [.object, .array, .string, .number, .true, .false, .null])
        #expect(elements.map(\.bool) == [nil, nil, nil, nil, true, false, nil])
        #expect(elements.map(\.isObject) == [true, false, false, false, false, false, false])
        #expect(elements.map(\.isArray) == [false, true, false, false, false, false, false])
        #expect(elements.map(\.isNull) == [false, false, false, false, false, false, true])
    }

    @Test func rangesAreExactToTheByte() throws {
        let text = #" { "a" : [ 1 , -2.5e3 ] , "bé" : { "c\n" : "x\"y" } , "d":true} "#
        let root = try parse(text).root
        #expect(root.range == 1..<text.utf8.count - 1)
        #expect(root.rawString == text.dropFirst().dropLast())
        #expect(root["a"]?.rawString == "[ 1 , -2.5e3 ]")
        #expect(root["a"]?.elements.map(\.rawString) == ["1", "-2.5e3"])
        #expect(root["bé"]?.rawString == #"{ "c\n" : "x\"y" }"#)
        #expect(root["bé"]?["c\n"]?.rawString == #""x\"y""#)
        #expect(root["d"]?.range == text.utf8.count - 6..<text.utf8.count - 2)
        #expect(root.members.map { String(decoding: $0.key.raw, as: UTF8.self) } == [#""a""#, #""bé""#, #""d""#])
        #expect(root.members.map { $0.value.range.lowerBound - $0.key.range.upperBound } == [3, 3, 1])
        for member in root.members {
            #expect(unsafe member.value.withRaw { unsafe Array($0) } == Array(member.value.raw))
            #expect(unsafe member.key.withRaw { unsafe Array($0) } == Array(member.key.raw))
        }
    }

    @Test func bigNumbersAndOddSpellingsStayAsTheyAre() throws {
        let spellings = ["1180591620717411303424", "1e400", "-0", "1.0", "1E+2", "0.10", "-12345678901234567890.5e-7"]
        let root = try parse("[" + spellings.joined(separator: " ,\n") + "]").root
        #expect(root.elements.map(\.rawString) == spellings)
        #expect(root.elements.map(\.numberText) == spellings)
        #expect(try parse(#""1""#).root.numberText == nil)
    }

    @Test(arguments: [
        ("0", 0), ("null", 0), ("\"[]\"", 0), ("[]", 1), ("{}", 1), ("[1,2]", 1), (#"{"a":1}"#, 1), ("[[]]", 2),
        (#"{"a":{}}"#, 2),
        ("[[],[[]],[]]", 3), (#"{"a":[{"b":1}],"c":[]}"#, 3), ("[[[[1]]],[[2]]]", 4), ("[1,[2,[3]],4]", 3),
    ])
    func heightIsTheDepthOfNesting(text: String, height: Int) throws {
        #expect(try parse(text).root.height == height)
    }

    @Test func heightsAreEachValuesOwn() throws {
        let root = try parse(#"{"a":{"b":{"c":{}}},"d":[],"e":1,"f":[[1]]}"#).root
        #expect(root.height == 4)
        #expect(root.members.map(\.value.height) == [3, 1, 0, 2])
    }

    @Test(arguments: [
        ("0", 0), ("\"abc\"", 0), ("[]", 0), ("{}", 0), ("[1]", 1), ("[[1,2,3]]", 1), ("[1,2,3]", 3),
        (#"{"a":1,"a":2,"b":[1,2]}"#, 3),
        (#"[{"a":1},{"b":2}]"#, 2),
    ])
    func countsDirectChildren(text: String, count: Int) throws {
        let root = try parse(text).root
        #expect(root.count == count)
        #expect(Array(root.members).count + Array(root.elements).count == count)
        #expect(root.members.count + root.elements.count == count)
    }

    @Test func scalarsAndTheWrongContainerHaveNoContents() throws {
        let scalar = try parse("1").root
        #expect(Array(scalar.members).isEmpty)
        #expect(Array(scalar.elements).isEmpty)
        #expect(scalar.elements.first == nil)
        #expect(scalar["a"] == nil)
        let array = try parse(#"["a",1]"#).root
        #expect(array["a"] == nil)
        #expect(Array(array.members).isEmpty)
        #expect(array.elements.first?.string == "a")
        let object = try parse(#"{"a":1}"#).root
        #expect(Array(object.elements).isEmpty)
        #expect(object.string == nil)
        #expect(object.int64 == nil)
        #expect(object.double == nil)
        #expect(!object.equals(""))
    }

    static let strings: [(String, String)] = [
        (#""""#, ""), (#""abc""#, "abc"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0000""#, "\0"),
        (#""a\u0000b""#, "a\0b"), (#""\u0041\u00e9\u20AC\uFFFF""#, "A\u{E9}\u{20AC}\u{FFFF}"),
        (#""\ud83d\ude00""#, "😀"),
        ("\"😀\"", "😀"), (#""\uD800\uDC00\uDBFF\uDFFF""#, "\u{10000}\u{10FFFF}"), (#""x\\u0041""#, "x\\u0041"),
        (#""é\u00e9""#, "éé"), (#""\\\"""#, "\\\""), (#""\u005c""#, "\\"), (#""\u0022""#, "\""), (#""{}[]""#, "{}[]"),
        (#"" a ""#, " a "),
    ]

    @Test(arguments: strings)
    func decodesStrings(text: String, expected: String) throws {
        for candidate in [text, "[ \(text) ]", "{\(text):\(text)}"] {
            let root = try parse(candidate).root
            let value = root.elements.first ?? root.members.first { _ in true }?.value ?? root
            #expect(value.string.map { Array($0.utf8) } == Array(expected.utf8))
            if let member = root.members.first(where: { _ in true }) {
                #expect(Array(member.key.string.utf8) == Array(expected.utf8))
                #expect(root[key: expected]?.string == value.string)
            }
        }
    }

    @Test func comparesStringsHoweverTheyAreEscaped() throws {
        for text in [#""a/é😀""#, #""\u0061/é😀""#, #""a\/\u00e9\ud83d\ude00""#, #""\u0061\u002f\u00E9\uD83D\uDE00""#] {
            let value = try parse(text).root
            #expect(value.equals("a/é😀"))
            #expect(!value.equals("a/é"))
            #expect(!value.equals("a/é😀b"))
            #expect(!value.equals("b/é😀"))
            #expect(!value.equals(""))
        }
        #expect(try parse(#""""#).root.equals(""))
        #expect(try !parse("1").root.equals("1"))
        #expect(try parse(#""\u0061""#).root.equals("a"))
        // No canonical equivalence: JSON compares code points.
        #expect(try !parse(#""e\u0301""#).root.equals("é"))
        #expect(try parse("{\"e\u{301}\":1}").root[key: "\u{E9}"] == nil)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("7.0", 7), ("70e-1", 7), ("0.7e1", 7), ("1e3", 1000),
            ("1E+3", 1000), ("120e-1", 12),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775807.000", .max),
            ("9.223372036854775807e18", .max), ("1e18", 1_000_000_000_000_000_000), ("0e999999999999999999999", 0),
            ("0.000e-5", 0),
            ("100000000000000000000000e-22", 10), ("0.00000000000000000000000000001e30", 10),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1e19", nil), ("1.5", nil), ("15e-2", nil),
            ("1e400", nil),
            ("1e-400", nil), ("1180591620717411303424", nil), ("0.1", nil), ("1e99999999999999999999999999", nil),
            ("1e-99999999999999999999999999", nil), ("123456789012345678901234567890", nil),
            ("12345678901234567890.5", nil),
        ] as [(String, Int64?)]
    )
    func readsWholeNumbersExactlyOrNotAtAll(text: String, expected: Int64?) throws {
        #expect(try parse(text).root.int64 == expected)
    }

    @Test(arguments: [
        "0", "-0", "-0.0", "1", "-1", "0.1", "19.99", "1e22", "1e23", "1e-22", "1e-23", "123456789012345678",
        "9007199254740991",
        "9007199254740992", "9007199254740993", "9007199254740993e1", "1.7976931348623157e308",
        "2.2250738585072014e-308", "5e-324",
        "4.9406564584124654e-324", "2.2250738585072011e-308", "3.14159265358979323846264338327950288",
        "0.30000000000000004",
        "1e-400", "-1e-400", "123456789012345678901234567890",
        "1.0000000000000002220446049250313080847263336181640625001",
        "1767322800123", "8.5e2", "100e-2",
    ])
    func readsDoublesWithCorrectRounding(text: String) throws {
        let expected = try #require(Double(text))
        #expect(try parse(text).root.double?.bitPattern == expected.bitPattern)
    }

    @Test(arguments: ["1e400", "-1e400", "1e309", "1.8e308"])
    func magnitudesBeyondADoubleAreNone(text: String) throws {
        #expect(try parse(text).root.double == nil)
        #expect(try parse(text).root.numberText == text)
    }

    @Test func findsMembersByDecodedName() throws {
        let root = try parse(#"{"a":1,"\u0062":2,"":3,"long name with \"quotes\"":4,"é":5,"aa":6}"#).root
        #expect(root["a"]?.int64 == 1)
        #expect(root["b"]?.int64 == 2)
        #expect(root[""]?.int64 == 3)
        #expect(root["long name with \"quotes\""]?.int64 == 4)
        #expect(root["é"]?.int64 == 5)
        #expect(root["aa"]?.int64 == 6)
        #expect(root["c"] == nil)
        #expect(root[key: "b"]?.int64 == 2)
        #expect(root[key: ["a", "a"].joined()]?.int64 == 6)
        #expect(root[key: "zz"] == nil)
    }

    @Test func theLastOfSeveralMembersCounts() throws {
        let root = try parse(#"{"a":1,"b":{"a":7},"\u0061":2,"a":[{"a":8}],"b":4}"#).root
        #expect(root["a"]?.rawString == #"[{"a":8}]"#)
        #expect(root["b"]?.int64 == 4)
        #expect(root.members.map(\.key.string) == ["a", "b", "a", "a", "b"])
        #expect(root.members.map(\.key.isLastOfItsName) == [false, false, false, true, true])
        #expect(root.count == 5)
    }

    @Test func namesAreNotFoundInDeeperObjects() throws {
        let root = try parse(#"{"x":{"a":1},"y":[{"a":2}],"z":"a"}"#).root
        #expect(root["a"] == nil)
        #expect(root["x"]?["a"]?.int64 == 1)
        #expect(root["y"]?.elements.first?["a"]?.int64 == 2)
    }

    @Test func valuesKeepTheirDocumentAlive() throws {
        let value = try parse(#"{"a":{"b":["c"]}}"#).root["a"]?["b"]?.elements.first
        #expect(value?.string == "c")
    }

    /// One document for several threads, one parser for each of them.
    @Test func threadsShareDocuments() async throws {
        let document = try parse(#"{"a":["x\n","y"],"b":{"c":1.5},"a":["z"]}"#)
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let parser = JSONParser()
                    var agrees = true
                    for round in 0..<200 {
                        agrees = agrees && document.root["b"]?["c"]?.double == 1.5
                        agrees = agrees && document.root.members.lastWins.map(\.key.string) == ["a", "b"]
                        let own = try? parser.parse(Array(#"{"n":\#(number),"r":[\#(round)]}"#.utf8))
                        agrees = agrees && own?.root["n"]?.int64 == Int64(number)
                    }
                    return agrees
                }
            }
            for await agrees in group {
                #expect(agrees)
            }
        }
    }
}
