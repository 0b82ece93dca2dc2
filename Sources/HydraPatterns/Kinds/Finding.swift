/// A test's outcome before it is known how many others were made. A value.
struct Finding: Sendable {
    let pattern: PatternKind
    let subject: PatternSubject
    let features: [Int64]
    let since: Int32
    let counts: [PatternEvidence.Count]
    let comparison: PatternEvidence.Comparison
    let effect: PatternEvidence.Effect
}

/// All tests of one family: every one made counts, those worth showing carry their finding.
struct TestFamily: Sendable {
    private var probabilities: [Double] = []
    private var findings: [(index: Int, finding: Finding)] = []

    var tests: Int { self.probabilities.count }

    /// - Parameter finding: nil where the counts are too small to be shown whatever they say. Such a test counts as
    ///   well: to leave out those that look weak would be to choose by the outcome.
    mutating func add(_ probability: Double, _ finding: @autoclosure () -> Finding?) {
        // Only what can pass is described.
        if probability <= FalseDiscoveryRate.level, let finding = finding() {
            self.findings.append((self.probabilities.count, finding))
        }
        self.probabilities.append(probability)
    }

    /// The labels that hold when all tests are taken into account.
    func labels() -> [Pattern] {
        let adjusted = FalseDiscoveryRate.adjusted(self.probabilities)
        return self.findings.compactMap { index, finding in
            guard adjusted[index] <= FalseDiscoveryRate.level else { return nil }
            return Pattern(
                kind: finding.pattern,
                subject: finding.subject,
                features: finding.features,
                since: finding.since,
                evidence: PatternEvidence(
                    counts: finding.counts,
                    comparison: finding.comparison,
                    effect: finding.effect,
                    probability: self.probabilities[index],
                    adjusted: adjusted[index],
                    tests: self.probabilities.count
                )
            )
        }
    }
}
