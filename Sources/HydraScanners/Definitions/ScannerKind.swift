/// What a scanner looks for. The raw values stand in the API and in the store and never change.
package enum ScannerKind: String, CaseIterable, Sendable {
    /// Job title → function and seniority, of persons.
    case role
    /// Which of several named personas a person is.
    case persona
    /// How well a company fits: the Ideal Customer Profile scanner.
    case icp = "ideal_customer_profile"
    /// Which tracked events count, and how much: the Segment Product Usage scanner.
    case usage = "product_usage"
}
