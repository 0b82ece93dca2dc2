/// A label on a person, a company or, for an association of features, on the whole account, with its evidence.
///
/// A value; any thread.
package struct Pattern: Equatable, Sendable {
    package let kind: PatternKind
    package let subject: PatternSubject
    /// The features it is about, none where it is about use as a whole; for ``PatternKind/adoptsAfter`` first A, then B.
    package let features: [Int64]
    /// Where what was found began: a day.
    package let since: Int32
    package let evidence: PatternEvidence
}

/// Whom a label is on.
package enum PatternSubject: Hashable, Sendable {
    case person(Int64)
    case company(Int64)
    case account
}

/// Why a label is shown.
///
/// A value; any thread.
package struct PatternEvidence: Equatable, Sendable {
    /// What was counted, by name.
    package let counts: [Count]
    /// With whom or what it was compared.
    package let comparison: Comparison
    package let effect: Effect
    /// The probability of such counts, or more extreme ones, by chance.
    package let probability: Double
    /// The same after the correction for all tests of the kind (``FalseDiscoveryRate``): at most 0.05.
    package let adjusted: Double
    /// How many tests that were.
    package let tests: Int

    package struct Count: Equatable, Sendable {
        package let name: String
        package let value: Double
    }

    package struct Comparison: Equatable, Sendable {
        package let group: String
        /// The group's size.
        package let size: Int
        /// What is usual there, in the counts' unit.
        package let value: Double
    }

    package struct Effect: Equatable, Sendable {
        package let measure: String
        package let ratio: Ratio
    }
}
