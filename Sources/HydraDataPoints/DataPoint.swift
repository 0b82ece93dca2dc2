/// One thing that is known about a person or a company, and how.
///
/// A value; any thread.
package struct DataPoint: Sendable, Equatable {
    /// Dotted, lower-case, of a fixed set: `email.kind`, `role.function`, `company.country`.
    package let name: String
    package let value: DataValue
    package let source: DataSource
    /// When the source said so: the time of the call it was read from, or of the look-up. Milliseconds since 1970.
    package let time: Int64
    /// From 0 to 1.
    package let confidence: Double

    package init(name: String, value: DataValue, source: DataSource, time: Int64, confidence: Double) {
        self.name = name
        self.value = value
        self.source = source
        self.time = time
        self.confidence = confidence
    }
}

/// Where a data point comes from. The raw values stand in answers and never change.
package enum DataSource: String, CaseIterable, Sendable {
    case email
    case name
    case title
    case context
    case userAgent = "user_agent"
    case campaign
    case companyTrait = "company_trait"
    case domain
    /// The company's domain in the DNS.
    case dns
    /// The company's home page.
    case homePage = "home_page"
}

/// What a trait, a data point or a condition can hold.
package enum DataValue: Sendable, Equatable {
    case text(String)
    case number(Double)
    case bool(Bool)
    case list([String])
}
