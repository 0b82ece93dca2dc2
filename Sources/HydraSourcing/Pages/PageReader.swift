private import JSON

/// What a home page says about itself.
///
/// A value; any thread.
package struct PageFacts: Sendable, Equatable {
    package var title: String?
    package var description: String?
    /// The language of the page's root: `en`, `de-AT`.
    package var language: String?
    /// OpenGraph: `og:title`, `og:description`, `og:site_name`, `og:type`, `og:locale`.
    package var openGraph: [String: String] = [:]
    package var organization: Organization?
}

/// Reads a page: title, description, OpenGraph and schema.org's Organization.
///
/// Bounded by the size of the page; takes some ten milliseconds at most. Stateless; any thread.
package enum PageReader {
    private static let openGraphNames: Set<String> = [
        "og:title", "og:description", "og:site_name", "og:type", "og:locale",
    ]

    package static func read(_ page: Page) -> PageFacts {
        let text = Charset.utf8(page.body, contentType: page.contentType)
        var facts = PageFacts()
        guard let document = HTMLDocument(TagLimit.cut(text)) else { return facts }
        for element in document.elements(["html", "title", "meta", "script"]) {
            switch element.name {
            case "html": facts.language = facts.language ?? Self.locale(element.attributes["lang"])
            case "title": facts.title = facts.title ?? PlainText.cleaned(element.text)
            case "meta": self.read(meta: element.attributes, into: &facts)
            default:
                guard facts.organization == nil, Self.isJSONLD(element) else { continue }
                let parser = JSONParser(maximumBytes: SourcingLimits.scriptBytes)
                facts.organization = (try? parser.parseTolerantly(Array(element.text.utf8)))
                    .flatMap { Organization(jsonLD: $0.root) }
            }
        }
        return facts
    }

    private static func isJSONLD(_ element: HTMLElement) -> Bool {
        let type = element.attributes["type"]?.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        return type == "application/ld+json"
    }

    private static func read(meta attributes: [String: String], into facts: inout PageFacts) {
        guard let content = PlainText.cleaned(attributes["content"]) else { return }
        // Some pages give OpenGraph in `name`.
        let property = (attributes["property"] ?? attributes["name"] ?? "").lowercased().filter { !$0.isWhitespace }
        if self.openGraphNames.contains(property) {
            facts.openGraph[property] = facts.openGraph[property] ?? content
        } else if property == "description" {
            facts.description = facts.description ?? content
        }
    }

    private static func locale(_ text: String?) -> String? {
        guard let text = text?.filter({ !$0.isWhitespace }), (2...20).contains(text.utf8.count),
            text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        else { return nil }
        return text
    }
}

extension PageFacts {
    /// The page's language as `de-AT`: OpenGraph's says it of the page, the root's of the text.
    var locale: String? {
        (self.openGraph["og:locale"] ?? self.language).map { $0.replacing("_", with: "-") }
    }
}
