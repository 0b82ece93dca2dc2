import Foundation
import Logging
import Testing

@testable import Telemetry

@Suite struct LogLineTests {
    private func text(_ line: consuming LogLine) -> String {
        String(decoding: line.finish(), as: UTF8.self)
    }

    @Test func beginsWithTheSchemasHead() throws {
        let line = LogLine(level: .notice, message: "request", action: "request", dataset: "hydra-gateway")
        let text = self.text(line)
        #expect(text.hasPrefix("{\"@timestamp\":\"2"))
        #expect(
            text.hasSuffix(
                "\"log.level\":\"notice\",\"message\":\"request\",\"ecs.version\":\"8.11.0\","
                    + "\"event.dataset\":\"hydra-gateway\",\"event.action\":\"request\"}\n"
            )
        )
        let fields = try JSONLines.object(text)
        #expect((fields["@timestamp"] as? String)?.count == 24)
    }

    @Test func keepsEveryKindOfValue() throws {
        var line = LogLine(level: .info, message: "all kinds", dataset: "test")
        line.add("a", "text")
        line.add("b", -42)
        line.add("c", Int64.min)
        line.add("d", UInt64.max)
        line.add("e", 0.1)
        line.add("f", true)
        line.add("g", false)
        line.add("h", Double.nan)
        line.add("i", -Double.infinity)
        line.add("j", nil)
        line.add("k", 1e300)
        line.add("l", 0)
        let text = self.text(line)
        #expect(
            text.hasSuffix(
                "\"a\":\"text\",\"b\":-42,\"c\":-9223372036854775808,\"d\":18446744073709551615,\"e\":0.1,\"f\":true,"
                    + "\"g\":false,\"h\":null,\"i\":null,\"k\":1e+300,\"l\":0}\n"
            )
        )
        #expect(try JSONLines.object(text)["j"] == nil)
    }

    @Test(arguments: [
        ("plain", "plain"),
        ("", ""),
        ("a\"b\\c", "a\\\"b\\\\c"),
        ("\u{8}\t\n\u{c}\r", "\\b\\t\\n\\f\\r"),
        ("\u{0}\u{1}\u{1f}\u{7f}", "\\u0000\\u0001\\u001f\\u007f"),
        ("\u{80}\u{9b}31m\u{9f}", "\\u0080\\u009b31m\\u009f"),
        ("\u{a0}\u{bf}é", "\u{a0}\u{bf}é"),
        ("naïve 日本 😀", "naïve 日本 😀"),
        ("\u{2028}</script>", "\u{2028}</script>"),
        ("\"", "\\\""),
        ("end\\", "end\\\\"),
    ])
    func escapesStrings(value: String, expected: String) throws {
        var line = LogLine(level: .info, message: "m", dataset: "d")
        line.add("v", value)
        let text = self.text(line)
        #expect(text.hasSuffix("\"v\":\"\(expected)\"}\n"))
        #expect(try JSONLines.object(text)["v"] as? String == value)
    }

    @Test func everyScalarComesBackAsItWas() throws {
        for start in stride(from: UInt32(0), through: 0x10FFFF, by: 1013) {
            let scalars = (start..<start + 40).compactMap(Unicode.Scalar.init)
            var value = ""
            value.unicodeScalars.append(contentsOf: scalars)
            var line = LogLine(level: .info, message: "m", dataset: "d")
            line.add("v", value)
            let text = self.text(line)
            #expect(text.utf8.firstIndex(of: 10) == text.utf8.index(before: text.utf8.endIndex))
            let back = try #require(try JSONLines.object(text)["v"] as? String)
            #expect(Array(back.unicodeScalars) == Array(value.unicodeScalars))
        }
    }

    @Test(arguments: ["a", "é", "日", "😀", "\n"])
    func cutsAnOverlongValueAtACharacter(filler: String) throws {
        var line = LogLine(level: .info, message: "m", dataset: "d")
        line.add("v", "x" + String(repeating: filler, count: LogLimits.valueBytes))
        let value = try #require(try JSONLines.object(self.text(line))["v"] as? String)
        #expect(value.hasSuffix("…"))
        let kept = value.dropLast()
        #expect(kept.utf8.count <= LogLimits.valueBytes)
        #expect(kept.utf8.count > LogLimits.valueBytes - 4)
        #expect(kept.dropFirst().allSatisfy { String($0) == filler })
    }

    @Test func usesABufferAgain() throws {
        var first = LogLine(level: .info, message: "one", dataset: "d")
        first.add("v", "of which nothing may remain")
        let buffer = first.finish()
        let second = self.text(LogLine(level: .info, message: "two", dataset: "d", reusing: buffer))
        #expect(!second.contains("remain"))
        #expect(try JSONLines.object(second)["message"] as? String == "two")
    }

    @Test(arguments: [
        ("info", Logger.Level.info), ("WARN", .warning), ("Warning", .warning), ("fatal", .critical),
        ("trace", .trace),
    ])
    func readsLevels(name: String, expected: Logger.Level) {
        #expect(Logger.Level(name: name) == expected)
    }

    @Test(arguments: ["", "loud", "inf", "1"])
    func knowsNoOtherLevels(name: String) {
        #expect(Logger.Level(name: name) == nil)
    }

    @Test func everyLevelHasItsName() {
        for level in Logger.Level.allCases {
            #expect(level.schemaName.description == level.rawValue)
            #expect(Logger.Level.names.contains(level.rawValue))
        }
    }
}
