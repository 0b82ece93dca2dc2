import JSON
import Testing

@Suite struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) throws -> Void) rethrows -> String {
        var writer = JSONWriter()
        try body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func placesCommasAndColons() {
        let text = written { writer in
            writer.beginObject()
            writer.member("a", 1)
            writer.key("b")
            writer.beginArray()
            writer.value(1)
            writer.value(Int64(-2))
            writer.value("x")
            writer.beginObject()
            writer.endObject()
            writer.beginArray()
            writer.endArray()
            writer.value(true)
            writer.value(false)
            writer.null()
            writer.endArray()
            writer.key(string: "c")
            writer.beginObject()
            writer.member("d", "e")
            writer.nullMember("f")
            writer.member("g", true)
            writer.member("h", 1.5)
            writer.member("i", UInt64.max)
            writer.member("j", Int64.min)
            writer.endObject()
            writer.member("k", false)
            #expect(writer.depth == 1)
            #expect(!writer.isComplete)
            writer.endObject()
            #expect(writer.isComplete)
        }
        #expect(
            text == #"{"a":1,"b":[1,-2,"x",{},[],true,false,null],"c":{"d":"e","f":null,"g":true,"h":1.5,"#
                + #""i":18446744073709551615,"j":-9223372036854775808},"k":false}"#
        )
    }

    @Test(arguments: [
        ("", #""""#), ("abc", #""abc""#), ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#),
        ("\u{8}\u{9}\u{A}\u{C}\u{D}", #""\b\t\n\f\r""#),
        ("\0", #""\u0000""#), ("\u{1}\u{1F}\u{B}", #""\u0001\u001f\u000b""#), ("\u{7F}", "\"\u{7F}\""),
        ("é😀", "\"é😀\""),
        ("\u{2028}\u{2029}", "\"\u{2028}\u{2029}\""), ("a\"b\\c\nd", #""a\"b\\c\nd""#), ("\r\n", #""\r\n""#),
        ("\"\"", #""\"\"""#),
    ])
    func escapesExactlyWhatMustBe(text: String, expected: String) throws {
        #expect(written { $0.value(text) } == expected)
        #expect(written { $0.value(utf8: Array(text.utf8)) } == expected)
        #expect(written { $0.value(utf8: text.utf8.reversed().reversed()) } == expected)
        let object = written { writer in
            writer.beginObject()
            writer.key(string: text)
            writer.null()
            writer.endObject()
        }
        #expect(object == "{\(expected):null}")
        #expect(try parse(expected).root.string.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test func everyCharacterReadsBack() throws {
        for value in 0..<UInt32(0x300) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "x" + String(Character(scalar)) + "y"
            let document = try parse(written { $0.value(text) })
            #expect(document.root.string.map { Array($0.utf8) } == Array(text.utf8))
        }
    }

    @Test func constantNamesAreEscapedToo() {
        let text = written { writer in
            writer.beginObject()
            writer.member("a\"b", 0)
            writer.endObject()
        }
        #expect(text == #"{"a\"b":0}"#)
    }

    @Test(arguments: [
        0, -0.0, 1, -1, 0.1, 19.99, 1e16, 1e22, 1e23, 1e300, .leastNonzeroMagnitude, .leastNormalMagnitude,
        -1.7976931348623157e308, 0.1 + 0.2, 123_456_789.125, 1e-7, 2e-5,
    ])
    func doublesReadBackAsTheSame(number: Double) throws {
        let document = try parse(written { $0.value(number) })
        #expect(document.root.double?.bitPattern == number.bitPattern)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, .signalingNaN])
    func numbersThatJSONLacksAreNull(number: Double) {
        #expect(written { $0.value(number) } == "null")
        let object = written { writer in
            writer.beginObject()
            writer.member("a", number)
            writer.endObject()
        }
        #expect(object == #"{"a":null}"#)
    }

    @Test(arguments: [0, 1, -1, 9, 10, 99, 100, 12_345, .max, .min] as [Int64])
    func integersReadBackAsTheSame(number: Int64) throws {
        #expect(written { $0.value(number) } == String(number))
        #expect(try parse(written { $0.value(number) }).root.int64 == number)
    }

    @Test func splicesAreByteForByte() throws {
        let root = try parse(#"{ "a\u0062" : [ 1.0 , 1e400 ] , "n" : 1180591620717411303424, "\u0078":{} }"#).root
        let text = written { writer in
            writer.beginObject()
            for member in root.members {
                writer.key(raw: member.key)
                writer.raw(member.value)
            }
            writer.member("copy", root)
            writer.member("bytes", raw: Array("[ ]".utf8)[...])
            writer.key("more")
            writer.raw(Array("0.50".utf8))
            writer.endObject()
        }
        #expect(
            text == #"{"a\u0062":[ 1.0 , 1e400 ],"n":1180591620717411303424,"\u0078":{},"copy":"# + root.rawString
                + #","bytes":[ ],"more":0.50}"#
        )
    }

    @Test func splicedMembersFollowLastWins() throws {
        let root = try parse(#"{"a" : 1, "b":2 ,"a":[ 3 ]}"#).root
        let text = written { writer in
            writer.beginObject()
            for member in root.members.lastWins {
                writer.member(member)
            }
            writer.member("c", 4)
            writer.endObject()
        }
        #expect(text == #"{"a":[ 3 ],"b":2,"c":4}"#)
        #expect(try parse(text).root["a"]?.rawString == "[ 3 ]")
    }

    @Test(arguments: [1, 63, 64, 65, 127, 128, 129, 1_000, 100_000])
    func writesAnyDepth(depth: Int) throws {
        // Objects and arrays in turn, so that each level has to remember what it is.
        let text = written { writer in
            for level in 0..<depth {
                if level % 3 == 0 {
                    writer.beginObject()
                    writer.member("x", level)
                    writer.key("y")
                } else {
                    writer.beginArray()
                    writer.value(level)
                }
            }
            writer.null()
            for level in (0..<depth).reversed() {
                if level % 3 == 0 {
                    writer.member("z", level)
                    writer.endObject()
                } else {
                    writer.value(level)
                    writer.endArray()
                }
            }
            #expect(writer.isComplete)
        }
        #expect(try parse(text).root.height == depth)
    }

    @Test func startsAnewWithTheSameMemory() {
        var writer = JSONWriter(reserving: 100)
        for _ in 0..<70 {
            writer.beginArray()
        }
        writer.removeAll()
        #expect(writer.bytes.isEmpty)
        #expect(writer.depth == 0)
        #expect(!writer.isComplete)
        writer.beginObject()
        writer.member("a", "b")
        writer.endObject()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":"b"}"#)
    }

    @Test func mistakesOfTheProgramStopIt() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.endObject()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.value(1)
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginArray()
            writer.key("a")
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("a")
            writer.endObject()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.null()
            writer.null()
        }
    }
}
