import Mustache

/// The templates, read once when the program starts. Any thread.
package struct TemplateLibrary: Sendable {
    private let library: MustacheLibrary

    /// - Throws: what is wrong with a template: a mistake of ours, found at start and in tests.
    package init() throws {
        MustacheContentTypes.register(EscapedHTML(), named: EscapedHTML.name)
        var library = MustacheLibrary()
        for (name, bytes) in Self.sources {
            try library.register(String(decoding: bytes, as: UTF8.self), named: name)
        }
        self.library = library
    }

    /// All templates by name.
    package static var sources: [String: [UInt8]] {
        [
            "layout": PackageResources.layout_mustache,
            "moment": PackageResources.moment_mustache,
            "ago": PackageResources.ago_mustache,
            "pager": PackageResources.pager_mustache,
            "reasons": PackageResources.reasons_mustache,
            "datapoints": PackageResources.datapoints_mustache,
            "traits": PackageResources.traits_mustache,
            "features": PackageResources.features_mustache,
            "usage": PackageResources.usage_mustache,
            "insights": PackageResources.insights_mustache,
            "insightspage": PackageResources.insightspage_mustache,
            "start": PackageResources.start_mustache,
            "personrows": PackageResources.personrows_mustache,
            "message": PackageResources.message_mustache,
            "signin": PackageResources.signin_mustache,
            "persons": PackageResources.persons_mustache,
            "person": PackageResources.person_mustache,
            "confirm": PackageResources.confirm_mustache,
            "companies": PackageResources.companies_mustache,
            "company": PackageResources.company_mustache,
            "scanners": PackageResources.scanners_mustache,
            "scanner": PackageResources.scanner_mustache,
            "scannernew": PackageResources.scannernew_mustache,
            "scannerform": PackageResources.scannerform_mustache,
            "conditions": PackageResources.conditions_mustache,
            "field": PackageResources.field_mustache,
            "select": PackageResources.select_mustache,
            "mistakes": PackageResources.mistakes_mustache,
            "settings": PackageResources.settings_mustache,
            "rotate": PackageResources.rotate_mustache,
        ]
    }

    /// - Returns: the text; empty for a template that is not there, which tests rule out.
    func render(_ name: String, _ fields: Fields) -> String {
        self.library.render(fields, withTemplate: name) ?? ""
    }
}
