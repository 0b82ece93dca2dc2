/// Finds patterns in the use of everyone of an account.
///
/// Pure: the same use gives the same labels. Memory and time grow with the persons, and with the square of at most 60
/// features; nothing depends on the number of events. Any thread.
package enum PatternMiner {
    /// What a pass found, and what it could not ask for want of data.
    package struct Outcome: Sendable {
        package let patterns: [Pattern]
        package let missing: [MissingData]
        /// Tests made by kind; those of rising count for falling too, those of spread for concentrated.
        package let tests: [PatternKind: Int]
    }

    /// - Parameters:
    ///   - persons: everyone with any use.
    ///   - asOf: the last whole day of data.
    ///   - isCancelled: asked between the kinds; true ends the pass.
    /// - Returns: nil if it was cancelled.
    package static func mine(
        _ persons: [PersonUse],
        asOf: Int32,
        isCancelled: () -> Bool = { false }
    ) -> Outcome? {
        let companies = CompanyUse.sum(persons, asOf: asOf)
        let byPerson = UseByFeature(persons) { .person($0) }
        let byCompany = UseByFeature(companies) { .company($0) }
        var patterns: [Pattern] = []
        var tests: [PatternKind: Int] = [:]
        func run(_ kind: PatternKind, _ body: (inout TestFamily) -> Void) {
            guard !isCancelled() else { return }
            var family = TestFamily()
            body(&family)
            patterns += family.labels()
            tests[kind, default: 0] += family.tests
        }
        // Persons and companies are one family: what is promised holds for all labels of a kind.
        run(.powerUser) { PowerUserTest.run(persons, byPerson, asOf: asOf, into: &$0) }
        run(.struggling) {
            StruggleTest.run(byPerson, asOf: asOf, into: &$0)
            StruggleTest.run(byCompany, asOf: asOf, into: &$0)
        }
        run(.goneQuiet) {
            SilenceTest.run(persons, as: { .person($0) }, asOf: asOf, into: &$0)
            SilenceTest.run(companies, as: { .company($0) }, asOf: asOf, into: &$0)
        }
        run(.rising) {
            ChangeTest.run(persons, as: { .person($0) }, asOf: asOf, into: &$0)
            ChangeTest.run(companies, as: { .company($0) }, asOf: asOf, into: &$0)
        }
        run(.spread) { SpreadTest.run(persons, byPerson, asOf: asOf, into: &$0) }
        guard !isCancelled() else { return nil }
        let adoption = AdoptionTest.run(persons, asOf: asOf)
        patterns += adoption.labels
        tests[.adoptsAfter] = adoption.tests
        guard !isCancelled() else { return nil }
        return Outcome(
            patterns: patterns,
            missing: MissingData.of(persons, byPerson: byPerson, asOf: asOf),
            tests: tests
        )
    }
}
