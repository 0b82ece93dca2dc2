import Mustache

/// The templates of the live view, parsed once. Any thread.
struct PageTemplates: Sendable {
    /// Every template's text by the name under which others use it.
    static let texts: [String: String] = [
        "page": String(decoding: PackageResources.page_mustache, as: UTF8.self),
        "spark": String(decoding: PackageResources.spark_mustache, as: UTF8.self),
    ]

    private let library: MustacheLibrary

    /// - Throws: the parser's error; the templates are part of the program, so a test finds it.
    init() throws {
        MustacheContentTypes.register(PageEscaping(), named: PageEscaping.name)
        var library = MustacheLibrary()
        for (name, text) in Self.texts { try library.register(text, named: name) }
        self.library = library
    }

    /// The whole page. Empty only if there were no such template.
    func page(_ values: [String: Any]) -> String {
        self.library.render(values, withTemplate: "page") ?? ""
    }
}
