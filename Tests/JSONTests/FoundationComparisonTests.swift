import Foundation
import JSON
import Testing

/// The parser and Foundation's must agree on thousands of damaged texts: on whether they are JSON, and on what they mean.
@Suite struct FoundationComparisonTests {
    static let seeds: [String] = [
        #"{"type":"track","event":"Report Exported","userId":"user-4711","properties":{"pages":12,"price":19.99,"tags":["a","b"]}}"#,
        #"[1,-0,1.5e10,0.25,1E-3,true,false,null,"",{},[],[[]],{"a":{}}]"#,
        #"{"a":"\"\\\/\b\f\n\r\t\u0041\ud83d\ude00","é":"😀","dup":1,"dup":[2]}"#,
        "  [ 1 , { \"k\" : [ ] } ,\n\t\"x y\" ]\r\n",
        #""a string as root \u00e9 é""#,
        "-123.456e-7",
        #"[[[[[["deep"]]]]],{"a":{"b":{"c":{"d":[]}}}}]"#,
    ]

    static let tokens: [String] = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\\"", "\\u", "\\u00e9", "\\ud83d", "\\ude00", "\\ud83d\\ude00",
        "\\n", "0", "1", "-", "+",
        ".", "e", "E", "1e", "e5", "00", "-0", "1e3", "true", "false", "null", "nul", "truex", "NaN", " ", "\n", "\t",
        "\u{1}", "é", "😀",
        "\"a\"", "\"a\":", "{}", "[]", "/", "'", "a", "\u{A0}", "\u{C}",
    ]

    @Test(arguments: 0..<20 as Range<UInt64>)
    func agreeOnDamagedTexts(round: UInt64) throws {
        var random = Generator(state: 0x5EED + round)
        let parser = JSONParser()
        var accepted = 0
        for _ in 0..<400 {
            var text = Array(Self.seeds[random.below(Self.seeds.count)].utf8)
            for _ in 0...random.below(3) {
                damage(&text, &random)
            }
            let expected = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
            let shown = String(decoding: text, as: UTF8.self)
            do throws(JSONError) {
                let root = try parser.parse(text).root
                accepted += 1
                if let expected {
                    #expect(agree(root, expected), "\(shown)")
                } else {
                    // Foundation refuses numbers beyond a Double; they are JSON all the same.
                    #expect(hasHugeNumber(root), "only we accept \(shown)")
                }
            } catch {
                #expect(expected == nil || isFoundationsLeniency(text, error), "only Foundation accepts \(shown)")
            }
        }
        #expect(accepted > 20)
    }

    /// What Foundation accepts against RFC 8259: byte order marks, UTF-16, and a comma behind the last member or element.
    private func isFoundationsLeniency(_ text: [UInt8], _ error: JSONError) -> Bool {
        let isOtherEncoding = text.contains(0) || text.starts(with: [0xEF, 0xBB, 0xBF])
        guard error.code == .unexpectedCharacter, "]}".utf8.contains(text[error.offset]) else {
            return isOtherEncoding
        }
        let before = text[..<error.offset].last { !Array(" \t\n\r".utf8).contains($0) }
        return before == UInt8(ascii: ",")
    }

    private func hasHugeNumber(_ value: JSONValue) -> Bool {
        value.kind == .number && value.double == nil || value.elements.contains { hasHugeNumber($0) }
            || value.members.contains { hasHugeNumber($0.value) }
    }

    private func damage(_ text: inout [UInt8], _ random: inout Generator) {
        let position = random.below(text.count + 1)
        switch random.below(7) {
        case 0 where position < text.count:
            text[position] = UInt8(truncatingIfNeeded: random.next())
        case 1 where position < text.count:
            text.remove(at: position)
        case 2:
            text.removeLast(text.count - position)
        case 3:
            let end = min(text.count, position + random.below(12))
            text.insert(contentsOf: text[position..<end], at: position)
        case 4:
            let end = min(text.count, position + random.below(6))
            text.removeSubrange(position..<end)
        default:
            text.insert(contentsOf: Self.tokens[random.below(Self.tokens.count)].utf8, at: position)
        }
    }

    /// Whether a value means what Foundation made of it.
    private func agree(_ value: JSONValue, _ other: Any) -> Bool {
        switch value.kind {
        case .object:
            guard let dictionary = other as? [String: Any] else { return false }
            // Swift's dictionary takes canonically equivalent names for one; the texts here have none.
            return value.members.lastWins.allSatisfy { member in
                dictionary[member.key.string].map { agree(member.value, $0) } ?? false
            } && value.members.lastWins.count == dictionary.count
        case .array:
            guard let array = other as? [Any], array.count == value.count else { return false }
            return zip(value.elements, array).allSatisfy { agree($0, $1) }
        case .string:
            guard let string = other as? String else { return false }
            return value.string.map { Array($0.utf8) } == Array(string.utf8)
        case .number:
            guard let number = other as? NSNumber else { return false }
            return value.double == number.doubleValue
        case .true, .false:
            return value.bool == other as? Bool
        case .null:
            return other is NSNull
        }
    }
}

/// SplitMix64: the same texts on every machine and every day.
private struct Generator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next() % UInt64(max(bound, 1)))
    }
}
