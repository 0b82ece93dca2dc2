import Foundation
import HydraScreens

/// A page as it was answered.
struct Page {
    let status: Int
    let headers: [(name: String, value: String)]
    let text: String
    let tags: [Tag]

    /// A start tag.
    struct Tag {
        let name: String
        let attributes: [String: String]

        subscript(_ attribute: String) -> String? { self.attributes[attribute] }
    }

    init(_ answer: ScreenAnswer) {
        self.status = answer.status
        self.headers = answer.headers
        self.text = String(decoding: answer.body, as: UTF8.self)
        self.tags = Self.tags(in: self.text)
    }

    func header(_ name: String) -> String? {
        self.headers.first { $0.name == name }?.value
    }

    var location: String? { self.header("Location") }

    var token: String? {
        self.tags.first { $0.name == "input" && $0["name"] == "form_token" }?["value"]
    }

    func elements(_ name: String) -> [Tag] { self.tags.filter { $0.name == name } }

    /// A field of a form by its name.
    func field(_ name: String) -> Tag? {
        self.tags.first { ["input", "select", "textarea"].contains($0.name) && $0["name"] == name }
    }

    func element(id: String) -> Tag? { self.tags.first { $0["id"] == id } }

    /// Start tags as a browser reads them: attributes in double quotes, which is all that our templates write.
    private static func tags(in text: String) -> [Tag] {
        text.matches(of: /<([a-z][a-z0-9]*)((?:\s+[a-zA-Z:-]+(?:="[^"]*")?)*)\s*\/?>/).map { match in
            var attributes: [String: String] = [:]
            for attribute in match.2.matches(of: /([a-zA-Z:-]+)(?:="([^"]*)")?/) {
                attributes[String(attribute.1)] = Self.decoded(String(attribute.2 ?? ""))
            }
            return Tag(name: String(match.1), attributes: attributes)
        }
    }

    static func decoded(_ text: String) -> String {
        var text = text
        for (entity, character) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#96;", "`"), ("&#61;", "="),
            ("&amp;", "&"),
        ] {
            text = text.replacingOccurrences(of: entity, with: character, options: .literal)
        }
        return text
    }

    /// What is wrong with the page for people and for browsers that are strict.
    var faults: [String] {
        var faults: [String] = []
        if self.elements("h1").count != 1 { faults.append("\(self.elements("h1").count) h1") }
        for landmark in ["main", "header"] where self.elements(landmark).count != 1 {
            faults.append("\(self.elements(landmark).count) \(landmark)")
        }
        let ids = self.tags.compactMap { $0["id"] }
        for (id, places) in Dictionary(grouping: ids, by: { $0 }) where places.count > 1 {
            faults.append("id \(id) stands \(places.count) times")
        }
        let labelled = Set(self.elements("label").compactMap { $0["for"] })
        for tag in self.tags {
            if tag["style"] != nil { faults.append("\(tag.name) has a style") }
            if let handler = tag.attributes.keys.first(where: { $0.hasPrefix("on") }) {
                faults.append("has \(handler)")
            }
            if tag.name == "style" { faults.append("has a style element") }
            if tag.name == "script", tag["src"] == nil { faults.append("has a script inside") }
            for attribute in ["href", "src", "action"] {
                guard let address = tag[attribute] else { continue }
                let isLocal = (address.hasPrefix("/") && !address.hasPrefix("//")) || address.hasPrefix("#")
                if !isLocal { faults.append("\(tag.name) leads to \(address)") }
            }
            let isField = ["input", "select", "textarea"].contains(tag.name)
            if isField, !["hidden", "submit"].contains(tag["type"] ?? ""), tag["aria-hidden"] == nil {
                if !(tag["id"].map { labelled.contains($0) } ?? false) {
                    faults.append("\(tag.name) \(tag["name"] ?? "") has no label")
                }
            }
            if tag.name == "th", tag["scope"] == nil { faults.append("a th has no scope") }
            if tag.name == "form", tag["method"] == "post", self.token == nil { faults.append("a form has no token") }
            for reference in ["aria-describedby", "aria-labelledby", "aria-controls"] {
                if let id = tag[reference], !ids.contains(id) { faults.append("\(reference) \(id) is nowhere") }
            }
        }
        for label in labelled where !ids.contains(label) { faults.append("a label is for \(label), which is nowhere") }
        return faults
    }
}

func base64(_ text: String) -> String {
    Data(text.utf8).base64EncodedString()
}
