import Foundation
import Testing

@testable import HydraScreens

@Suite struct EscapingTests {
    @Test(arguments: [
        ("<b>\"&\"</b>", "&lt;b&gt;&quot;&amp;&quot;&lt;/b&gt;"),
        ("it's `x=1`", "it&#39;s &#96;x&#61;1&#96;"),
        // Mustache's own escaping leaves each of these alone: with the mark they are another character.
        ("\"\u{301}", "&quot;\u{301}"), ("<\u{200d}", "&lt;\u{200d}"), ("'\u{301}onload=1", "&#39;\u{301}onload&#61;1"),
        ("</script>", "&lt;/script&gt;"),
        ("a\u{0}b\u{1f}c\u{7f}", "a\u{fffd}b\u{fffd}c\u{fffd}"),
        ("\u{202e}txt.exe", "\u{202e}txt.exe"),
        ("日本語 🚀 naïve\n\t", "日本語 🚀 naïve\n\t"),
        ("", ""),
    ])
    func whatMeansSomethingInHTMLIsEscapedByteByByte(text: String, escaped: String) {
        // By bytes: comparing texts would take some of these for equal.
        #expect(Array(EscapedHTML().escapeText(text).utf8) == Array(escaped.utf8))
    }

    private static var templates: [(name: String, text: String)] {
        get throws {
            let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Sources/HydraScreens/Templates")
            return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .map { ($0.deletingPathExtension().lastPathComponent, try String(contentsOf: $0, encoding: .utf8)) }
        }
    }

    @Test func everyTemplateNamesTheContentTypeThatEscapes() throws {
        let templates = try Self.templates
        #expect(templates.count > 20)
        for (name, text) in templates {
            #expect(text.hasPrefix("{{% CONTENT_TYPE:HYDRA }}"), "\(name): a partial without it escapes by grapheme")
            #expect(text.components(separatedBy: "CONTENT_TYPE").count == 2, "\(name)")
        }
    }

    @Test func noTemplateShowsAnythingUnescaped() throws {
        for (name, text) in try Self.templates {
            #expect(!text.contains("{{{") && !text.contains("{{&") && !text.contains("{{ &"), "\(name)")
        }
    }

    @Test func noTemplateHasScriptsOrStylesInside() throws {
        for (name, text) in try Self.templates {
            #expect(text.firstMatch(of: /\sstyle\s*=|\son[a-z]+\s*=|<style|javascript:/) == nil, "\(name)")
            #expect(text.firstMatch(of: /<script(?![^>]*\ssrc=)/) == nil, "\(name)")
            #expect(text.firstMatch(of: /(?:src|href|action)="(?:https?:)?\/\//) == nil, "\(name)")
        }
    }

    /// A value outside quotes could end its attribute with a space.
    @Test func everyAttributeIsInQuotes() throws {
        for (name, text) in try Self.templates {
            #expect(text.firstMatch(of: /=\{\{/) == nil, "\(name)")
            #expect(text.firstMatch(of: /='/) == nil, "\(name)")
        }
    }

    @Test func everyTemplateFileIsInTheLibraryAndCanBeRead() throws {
        #expect(Set(TemplateLibrary.sources.keys) == Set(try Self.templates.map(\.name)))
        _ = try TemplateLibrary()
    }
}
