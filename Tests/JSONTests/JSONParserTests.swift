import JSON
import Testing

@Suite struct JSONParserTests {
    static let valid: [String] = [
        // Scalars as roots, with and without white space of each kind.
        "0", "-0", "1", "-1", "10", "1.0", "-0.0", "0.5", "1e5", "1E5", "1e+5", "1e-5", "0e0", "0E+0", "1.5e300",
        "1e400",
        "-1e-400", "1180591620717411303424", "123456789012345678901234567890.0987654321", "true", "false", "null",
        "\"\"",
        "\"a\"", " 1", "1 ", "\t\n\r 1\r\n\t ", "  \"a\"  ", " true ", "\u{20}[]\u{20}",
        // Containers.
        "[]", "{}", "[ ]", "{ }", "[\n]", "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[[],[]]", "[{}]", #"{"a":1}"#,
        #"{ "a" : 1 }"#,
        #"{"a":{}}"#, #"{"a":[]}"#, #"{"a":1,"b":2}"#, #"{"a":1,"a":2}"#, #"{"":0}"#, #"[true,false,null,"",0,{},[]]"#,
        "[[[[[[[[[[]]]]]]]]]]", #"{"a":{"a":{"a":{"a":null}}}}"#, "[1,\n2\t,\r3 ]", #"{"a":"b","c":["d",{"e":"f"}]}"#,
        // Strings.
        #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u0041""#, #""\uABCD\uabcd\uAbCd""#, #""\uFFFF""#, #""\ud83d\ude00""#,
        #""\uD800\uDC00""#, #""\uDBFF\uDFFF""#, #""a\\""#, #""\\\\""#, #""\\\"""#, #"["\\","\""]"#, "\"\u{7F}\"",
        "\"\u{80}\"", "\"é\"", "\"\u{2028}\u{2029}\"", "\"\u{FFFD}\u{FFFF}\"", "\"😀\"", "\"\u{10FFFF}\"",
        "\"\u{FEFF}\"",
        #"" \" ""#, #"" ""#, #""{}[],:""#, #"["a ","b "]"#, #"{"\u0061":1}"#, #"{"\"":"\\"}"#, #""//""#, #""/**/""#,
        "\" '\"",
    ]

    @Test(arguments: valid)
    func acceptsWhatTheGrammarAllows(text: String) throws {
        let document = try parse(text)
        #expect(!document.wasRepaired)
        #expect(document.root.rawString == text.trimmed)
        #expect(document.bytes == Array(text.utf8))
        // The tolerant parse is the same for valid texts.
        #expect(try !parseTolerantly(text).wasRepaired)
    }

    /// Whatever stands around a value, and wherever it falls within simdjson's blocks of 64 bytes.
    @Test(arguments: valid)
    func acceptsTheSameAtEveryBlockPosition(text: String) throws {
        for padding in [0, 1, 31, 32, 57, 58, 59, 60, 61, 62, 63, 64, 65, 126, 127, 128] {
            let blanks = String(repeating: " ", count: padding)
            let array = try parse("[" + blanks + text + blanks + "]")
            #expect(array.root.elements.first?.rawString == text.trimmed)
            let object = try parse(#"{"k":"# + blanks + text + blanks + "}")
            #expect(object.root["k"]?.rawString == text.trimmed)
        }
    }

    static let refused: [Refused] = [
        Refused("", .empty, at: 0), Refused(" ", .empty, at: 0), Refused("\n\t\r ", .empty, at: 0),
        Refused(String(repeating: " ", count: 200), .empty, at: 0),
        // Numbers.
        Refused("01", .invalidNumber, at: 1), Refused("-01", .invalidNumber, at: 2),
        Refused("00", .invalidNumber, at: 1),
        Refused("1.", .invalidNumber, at: 2), Refused("1.e1", .invalidNumber, at: 2),
        Refused("-", .invalidNumber, at: 1),
        Refused("1e", .invalidNumber, at: 2), Refused("1e+", .invalidNumber, at: 3),
        Refused("1e-", .invalidNumber, at: 3),
        Refused("1E1.5", .invalidNumber, at: 3), Refused("1.2.3", .invalidNumber, at: 3),
        Refused("--1", .invalidNumber, at: 1),
        Refused("-+1", .invalidNumber, at: 1), Refused("-.5", .invalidNumber, at: 1),
        Refused("-a", .invalidNumber, at: 1),
        Refused("0x10", .invalidNumber, at: 1), Refused("1_000", .invalidNumber, at: 1),
        Refused("1a", .invalidNumber, at: 1),
        Refused("1\"a\"", .invalidNumber, at: 1), Refused("1\0", .invalidNumber, at: 1),
        Refused("0-", .invalidNumber, at: 1),
        Refused("-Infinity", .invalidNumber, at: 1), Refused("[1e,2]", .invalidNumber, at: 3),
        Refused("[1.]", .invalidNumber, at: 3), Refused("1\u{A0}", .invalidNumber, at: 1),
        Refused(".5", .unexpectedCharacter, at: 0), Refused("+1", .unexpectedCharacter, at: 0),
        Refused("NaN", .unexpectedCharacter, at: 0), Refused("Infinity", .unexpectedCharacter, at: 0),
        // Literals.
        Refused("t", .invalidLiteral, at: 0), Refused("tru", .invalidLiteral, at: 0),
        Refused("True", .unexpectedCharacter, at: 0),
        Refused("TRUE", .unexpectedCharacter, at: 0), Refused("truex", .invalidLiteral, at: 4),
        Refused("nullnull", .invalidLiteral, at: 4), Refused("falsey", .invalidLiteral, at: 5),
        Refused("fals", .invalidLiteral, at: 0), Refused("nul", .invalidLiteral, at: 0),
        Refused("n", .invalidLiteral, at: 0),
        Refused("nulL", .invalidLiteral, at: 0), Refused("true\"a\"", .invalidLiteral, at: 4),
        Refused("true1", .invalidLiteral, at: 4), Refused("null\0", .invalidLiteral, at: 4),
        Refused("[nul]", .invalidLiteral, at: 1), Refused("[tru e]", .invalidLiteral, at: 1),
        Refused("undefined", .unexpectedCharacter, at: 0), Refused("a", .unexpectedCharacter, at: 0),
        // Strings.
        Refused("\"", .unclosedString, at: 0), Refused("\"a", .unclosedString, at: 0),
        Refused("[\"a", .unclosedString, at: 1),
        Refused(#""\""#, .unclosedString, at: 0), Refused(#""a\\\""#, .unclosedString, at: 0),
        Refused("\"a\"\"", .unclosedString, at: 3), Refused("'a'", .unexpectedCharacter, at: 0),
        Refused(#""\a""#, .invalidEscape, at: 1), Refused(#""\'""#, .invalidEscape, at: 1),
        Refused(#""\0""#, .invalidEscape, at: 1),
        Refused(#""\x41""#, .invalidEscape, at: 1), Refused(#""\U0041""#, .invalidEscape, at: 1),
        Refused(#""\u""#, .invalidEscape, at: 1), Refused(#""\u1""#, .invalidEscape, at: 1),
        Refused(#""\u123""#, .invalidEscape, at: 1), Refused(#""\u123g""#, .invalidEscape, at: 1),
        Refused(#""\u-123""#, .invalidEscape, at: 1), Refused(#""\u 123""#, .invalidEscape, at: 1),
        Refused(#""ab\n\q""#, .invalidEscape, at: 5), Refused(#"{"\q":1}"#, .invalidEscape, at: 2),
        Refused("\"\\é\"", .invalidEscape, at: 1), Refused("\"\\😀\"", .invalidEscape, at: 1),
        Refused(#""\ud800""#, .loneSurrogate, at: 1), Refused(#""\udc00""#, .loneSurrogate, at: 1),
        Refused(#""\udbff""#, .loneSurrogate, at: 1), Refused(#""\udfff""#, .loneSurrogate, at: 1),
        Refused(#""\ud800a""#, .loneSurrogate, at: 1), Refused(#""\ud800\n""#, .loneSurrogate, at: 1),
        Refused(#""\ud800\u0041""#, .loneSurrogate, at: 1), Refused(#""\ud800\ud800\udc00""#, .loneSurrogate, at: 1),
        Refused(#""\ud83d\ude00\ude00""#, .loneSurrogate, at: 13), Refused(#""\ude00\ud83d""#, .loneSurrogate, at: 1),
        Refused(#""\ud800\udc0""#, .loneSurrogate, at: 1), Refused(#""\ud800\udc0g""#, .loneSurrogate, at: 1),
        Refused("\\", .unexpectedCharacter, at: 0),
        Refused(#"["a"\]"#, .unexpectedCharacter, at: 4),
        // Structure.
        Refused("[", .unclosedContainer, at: 0), Refused("{", .unclosedContainer, at: 0),
        Refused("[1", .unclosedContainer, at: 0),
        Refused("[1,", .unclosedContainer, at: 0), Refused(#"{"a""#, .unclosedContainer, at: 0),
        Refused(#"{"a":"#, .unclosedContainer, at: 0), Refused(#"{"a":1"#, .unclosedContainer, at: 0),
        Refused(#"{"a":1,"#, .unclosedContainer, at: 0), Refused("[[1]", .unclosedContainer, at: 0),
        Refused(#"{"a":[1}"#, .unexpectedCharacter, at: 7), Refused("[1}", .unexpectedCharacter, at: 2),
        Refused(#"{"a":1]"#, .unexpectedCharacter, at: 6), Refused("]", .unexpectedCharacter, at: 0),
        Refused("}", .unexpectedCharacter, at: 0), Refused(",", .unexpectedCharacter, at: 0),
        Refused(":", .unexpectedCharacter, at: 0), Refused("[]]", .trailingContent, at: 2),
        Refused("{}}", .trailingContent, at: 2), Refused("[,]", .unexpectedCharacter, at: 1),
        Refused("[1,]", .unexpectedCharacter, at: 3), Refused("[,1]", .unexpectedCharacter, at: 1),
        Refused("[1,,2]", .unexpectedCharacter, at: 3), Refused("[1 2]", .unexpectedCharacter, at: 3),
        Refused("[1:2]", .unexpectedCharacter, at: 2), Refused(#"["a" "b"]"#, .unexpectedCharacter, at: 5),
        Refused(#"["a""b"]"#, .unexpectedCharacter, at: 4), Refused(#"["a"b]"#, .unexpectedCharacter, at: 4),
        Refused("[[] []]", .unexpectedCharacter, at: 4), Refused("[[]1]", .unexpectedCharacter, at: 3),
        Refused("{,}", .unexpectedCharacter, at: 1), Refused(#"{"a":1,}"#, .unexpectedCharacter, at: 7),
        Refused(#"{,"a":1}"#, .unexpectedCharacter, at: 1), Refused(#"{"a"}"#, .unexpectedCharacter, at: 4),
        Refused(#"{"a":}"#, .unexpectedCharacter, at: 5), Refused(#"{"a":,}"#, .unexpectedCharacter, at: 5),
        Refused(#"{"a" 1}"#, .unexpectedCharacter, at: 5), Refused(#"{"a",1}"#, .unexpectedCharacter, at: 4),
        Refused(#"{"a"::1}"#, .unexpectedCharacter, at: 5), Refused(#"{"a":1 "b":2}"#, .unexpectedCharacter, at: 7),
        Refused(#"{"a":1,,"b":2}"#, .unexpectedCharacter, at: 7), Refused("{1:2}", .unexpectedCharacter, at: 1),
        Refused("{a:2}", .unexpectedCharacter, at: 1), Refused("{null:2}", .unexpectedCharacter, at: 1),
        Refused("{[]:2}", .unexpectedCharacter, at: 1), Refused("{{}:2}", .unexpectedCharacter, at: 1),
        Refused(#"{'a':2}"#, .unexpectedCharacter, at: 1), Refused(#"{"a"x:2}"#, .unexpectedCharacter, at: 4),
        Refused(#"{"a":1:2}"#, .unexpectedCharacter, at: 6), Refused(#"{"a":"b":"c"}"#, .unexpectedCharacter, at: 8),
        // Behind the root.
        Refused("1 2", .trailingContent, at: 2), Refused("true false", .trailingContent, at: 5),
        Refused(#""a"x"#, .trailingContent, at: 3), Refused(#""a""b""#, .trailingContent, at: 3),
        Refused(#""a" x"#, .trailingContent, at: 4), Refused("{}x", .trailingContent, at: 2),
        Refused("[] []", .trailingContent, at: 3),
        Refused("1,2", .trailingContent, at: 1), Refused("1]", .trailingContent, at: 1),
        Refused("{}{}", .trailingContent, at: 2),
        Refused("{}\0", .trailingContent, at: 2), Refused("[]\u{FEFF}", .trailingContent, at: 2),
        // Not in the grammar anywhere.
        Refused("[\u{A0}1]", .unexpectedCharacter, at: 1), Refused("[\u{2028}1]", .unexpectedCharacter, at: 1),
        Refused("\0", .unexpectedCharacter, at: 0), Refused("[\0]", .unexpectedCharacter, at: 1),
        Refused("[1]\u{1F}", .trailingContent, at: 3),
        Refused("\u{FEFF}", .byteOrderMark, at: 0), Refused("\u{FEFF}{}", .byteOrderMark, at: 0),
        Refused(" \u{FEFF}{}", .unexpectedCharacter, at: 1), Refused("[\u{FEFF}]", .unexpectedCharacter, at: 1),
        // Comments and other dialects.
        Refused("/**/1", .unexpectedCharacter, at: 0), Refused("1//x", .invalidNumber, at: 1),
        Refused("[1,#\n2]", .unexpectedCharacter, at: 3), Refused("[1;2]", .invalidNumber, at: 2),
    ]

    @Test(arguments: refused)
    func refusesTheRestAndSaysWhere(refused: Refused) {
        #expect(failure(refused.bytes) == JSONError(refused.code, at: refused.offset))
    }

    /// Each refused text inside of an array, at each position within a block.
    @Test(arguments: refused)
    func refusesTheSameAtEveryBlockPosition(refused: Refused) {
        // Texts that become valid or complete inside an array.
        let exempt: Set<JSONError.Code> = [.empty, .trailingContent]
        guard !exempt.contains(refused.code) else { return }
        for padding in [0, 1, 31, 62, 63, 64, 65, 127, 128] {
            let blanks = [UInt8](repeating: 0x20, count: padding)
            #expect(failure([UInt8(ascii: "[")] + blanks + refused.bytes + [UInt8(ascii: "]")]) != nil)
            #expect(failure(Array("[[],".utf8) + blanks + refused.bytes + Array(",1]".utf8)) != nil)
        }
    }

    @Test(arguments: UInt8(0)..<0x20)
    func refusesRawControlCharactersInStrings(control: UInt8) {
        #expect(failure([0x22, 0x61, control, 0x22]) == JSONError(.controlCharacter, at: 2))
        #expect(
            failure(
                Array(#"{"k":"long enough to reach into the second block of sixty-four"#.utf8) + [control, 0x22, 0x7D]
            )?.code == .controlCharacter
        )
        #expect(failure([0x22, 0x5C, control, 0x22]) != nil)
    }

    /// simdjson's tables take form feed for a comma and U+001A for a colon, and some of its kernels let a backslash outside of
    /// strings escape a quote: which token is blamed depends on the processor.
    @Test(arguments: [
        "[1\u{0C}2]", "[1\u{0C}]", "\u{0C}1", "1\u{0C}", "[\u{0C}]", "[1,\u{0B}2]", #"{"a"\#u{1A}1}"#, "[1\u{85}]",
        #"\"a""#, #"[\"a"]"#,
    ])
    func refusesStrayCharactersOnEveryProcessor(text: String) {
        #expect(failure(Array(text.utf8)) != nil)
    }

    static let invalidUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0], [0xC1], [0xFE], [0xFF], [0xF5], [0xF8, 0x88, 0x80, 0x80, 0x80],
        // Overlong.
        [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0x80],
        [0xF0, 0x8F, 0xBF, 0xBF],
        // Surrogates.
        [0xED, 0xA0, 0x80], [0xED, 0xAF, 0xBF], [0xED, 0xB0, 0x80], [0xED, 0xBF, 0xBF],
        [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80],
        // Beyond U+10FFFF.
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF7, 0xBF, 0xBF, 0xBF],
        // Cut off, or followed by the wrong byte.
        [0xC3], [0xE2, 0x82], [0xE2], [0xF0, 0x9F, 0x98], [0xF0, 0x9F], [0xF0], [0xC3, 0x28], [0xE2, 0x28, 0xA1],
        [0xE2, 0x82, 0x28], [0xF0, 0x28, 0x8C, 0xBC], [0xF0, 0x90, 0x28, 0xBC], [0xF0, 0x28, 0x8C, 0x28],
    ]

    @Test(arguments: invalidUTF8)
    func refusesInvalidUTF8(sequence: [UInt8]) {
        for padding in [0, 1, 30, 58, 59, 60, 61, 62, 63, 64, 127] {
            let head = [0x22] + [UInt8](repeating: 0x61, count: padding)
            #expect(failure(head + sequence + [0x22]) == JSONError(.invalidUTF8, at: head.count))
            #expect(tolerantFailure(head + sequence + [0x22])?.code == .invalidUTF8)
            // At the very end, and outside of strings.
            #expect(failure(head + sequence) != nil)
            #expect(failure([UInt8(ascii: "["), 0x31] + sequence + [UInt8(ascii: "]")]) != nil)
            #expect(failure([UInt8(ascii: "1")] + sequence) != nil)
        }
    }

    @Test func acceptsEveryScalarRawAndEscaped() throws {
        let parser = JSONParser()
        var text: [UInt8] = Array("[".utf8)
        var expected: [String] = []
        for value in stride(from: UInt32(0x20), through: 0x10FFFF, by: 61) {
            guard let scalar = Unicode.Scalar(value), value != 0x22, value != 0x5C else { continue }
            let raw = String(Character(scalar))
            let escaped = raw.utf16.map { "\\u" + String(String(UInt32($0) + 0x10000, radix: 16).dropFirst()) }.joined()
            text += Array("\"\(raw)\",\"\(escaped)\",".utf8)
            expected += [raw, raw]
        }
        text[text.count - 1] = UInt8(ascii: "]")
        let strings = try parser.parse(text).root.elements.map { $0.string ?? "?" }
        #expect(strings.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }

    @Test(arguments: [1, 2, 64, 1_000, 100_000])
    func nestsAsDeepAsTheTextIsLong(depth: Int) throws {
        let arrays = try parse(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        #expect(arrays.root.height == depth)
        #expect(arrays.root.range == 0..<depth * 2)
        let objects = try parse(
            String(repeating: #"{"a":"#, count: depth) + "null" + String(repeating: "}", count: depth)
        )
        #expect(objects.root.height == depth)
        var value = objects.root
        var seen = 0
        while let inner = value["a"] {
            value = inner
            seen += 1
        }
        #expect(seen == depth)
        #expect(value.isNull)
        #expect(
            failure(Array(String(repeating: "[", count: depth).utf8)) == JSONError(.unclosedContainer, at: depth - 1)
        )
        let surplus = String(repeating: "[", count: depth) + String(repeating: "]", count: depth + 1)
        #expect(failure(Array(surplus.utf8)) == JSONError(.trailingContent, at: depth * 2))
    }

    @Test func refusesWhatIsLargerThanItsLimit() throws {
        let parser = JSONParser(maximumBytes: 10)
        #expect(try parser.parse(Array("[1,2,3,4 ]".utf8)).root.count == 4)
        #expect(throws: JSONError(.tooLarge, at: 10)) { try parser.parse(Array("[1,2,3,4  ]".utf8)) }
        #expect(throws: JSONError(.tooLarge, at: 10)) { try parser.parseTolerantly(Array("[1,2,3,NaN]".utf8)) }
        #expect(JSONParser(maximumBytes: -1).maximumBytes == 0)
        #expect(JSONParser(maximumBytes: .max).maximumBytes < 1 << 32)
    }

    /// Buffers grow and shrink between texts of all sizes; documents made before stay as they were.
    @Test func documentsOutliveTheParserAndItsNextTexts() throws {
        var documents: [(JSONDocument, Int)] = []
        do {
            let parser = JSONParser()
            for size in [1, 100, 3_000_000, 5, 20_000, 1_500_000, 0, 70_000] {
                let text = "[" + String(repeating: "7,", count: size) + "8]"
                documents.append((try parser.parse(Array(text.utf8)), size))
                #expect(throws: JSONError.self) { try parser.parse(Array(text.utf8.dropLast())) }
            }
        }
        for (document, size) in documents {
            #expect(document.root.count == size + 1)
            #expect(document.root.elements.reduce(0) { $0 + ($1.int64 ?? 0) } == Int64(size) * 7 + 8)
        }
    }

    /// The outcome never depends on the memory behind the input.
    @Test func readsNothingBehindTheInput() throws {
        let parser = JSONParser()
        for text in ["12", "[1", "\"a", "tru", "\"\u{E9}", "{\"a\":1}", "1e"] {
            for spare in ["3", "]", "\"", "e", "}", "\u{E9}"] {
                var roomy = Array(text.utf8)
                let tight = Array(roomy)
                roomy.reserveCapacity(text.utf8.count + 4096)
                roomy += Array(String(repeating: spare, count: 200).utf8)
                roomy.removeLast(roomy.count - tight.count)
                #expect(roomy == tight)
                #expect(outcome(of: roomy, parser) == outcome(of: tight, parser))
            }
        }
    }

    @Test func everyMessageSaysWhatToDo() {
        for code in JSONError.Code.allCases {
            let message = JSONError(code, at: 7).message
            #expect(message.contains(";"))
            #expect(!message.contains("\n"))
        }
    }
}

/// The root's text or the error.
private func outcome(of bytes: [UInt8], _ parser: JSONParser) -> String {
    do {
        return try parser.parse(bytes).root.rawString
    } catch {
        return "\(error)"
    }
}

extension String {
    fileprivate var trimmed: String {
        let blanks: Set<Unicode.Scalar> = [" ", "\t", "\n", "\r"]
        let scalars = unicodeScalars.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed()
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }
}
