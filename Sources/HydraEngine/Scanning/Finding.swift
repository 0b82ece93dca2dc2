import HydraScanners

/// What was found out about one person.
///
/// A value; made in a read, written in a later transaction.
struct PersonFinding: Sendable {
    let person: Int64
    /// JSON, as the answers show it.
    let points: [UInt8]
    /// One for each enabled scanner of persons; nil where it has nothing to say.
    let results: [(scanner: Int64, result: ScanResult?)]
    let spans: [CompanySpan]
    /// Companies whose scanners read what this person uses.
    let usedCompanies: [Int64]
}

/// What was found out about one company.
///
/// A value; made in a read, written in a later transaction.
struct CompanyFinding: Sendable {
    let company: Int64
    let points: [UInt8]
    let results: [(scanner: Int64, result: ScanResult?)]
    /// A hash of what scanners of persons may read of the company.
    let facts: [UInt8]
}
