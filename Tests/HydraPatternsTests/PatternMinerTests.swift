import Foundation
import Testing

@testable import HydraPatterns

/// What the miner finds in populations whose truth is known. The figures are printed; `HYDRA_PATTERN_SEEDS=1000` makes
/// them exact.
@Suite struct PatternMinerTests {
    /// Populations of each experiment.
    private static let seeds = ProcessInfo.processInfo.environment["HYDRA_PATTERN_SEEDS"].flatMap { UInt64($0) } ?? 60

    /// With nothing in it every label is false: the promised share is the share of populations with any.
    @Test func labelsNothingWhereThereIsNothing() throws {
        var populations: [Family: UInt64] = [:]
        var labels: [Family: Int] = [:]
        var tests: [Family: Int] = [:]
        for seed in 1...Self.seeds {
            let population = Population(persons: 400, seed: seed)
            let outcome = try #require(PatternMiner.mine(population.persons, asOf: Population.asOf))
            for (family, patterns) in Dictionary(grouping: outcome.patterns, by: { Family($0.kind) }) {
                populations[family, default: 0] += 1
                labels[family, default: 0] += patterns.count
            }
            for (kind, count) in outcome.tests { tests[Family(kind), default: 0] += count }
        }
        for family in Family.allCases {
            let hit = populations[family] ?? 0
            print(
                "nothing planted, \(family): \(hit) of \(Self.seeds) populations with a label, \(labels[family] ?? 0) labels,",
                "\(tests[family] ?? 0) tests"
            )
            #expect((tests[family] ?? 0) > 0)
            // Above this the share is more than 5 % with 999 in 1,000.
            let share = FalseDiscoveryRate.level
            let expected = Double(Self.seeds) * share
            #expect(Double(hit) <= expected + 3.3 * (expected * (1 - share)).squareRoot() + 1)
        }
    }

    /// Power, and the share of false labels among those shown, which is promised to be at most 5 %.
    @Test func findsWhatWasPlanted() throws {
        let seeds = max(1, Self.seeds / 3)
        var found: [PatternKind: Int] = [:]
        var planted: [PatternKind: Int] = [:]
        var shares: [Family: Double] = [:]
        for seed in 1...seeds {
            let population = Population(persons: 600, seed: seed &+ 100_000, plants: .some)
            let outcome = try #require(PatternMiner.mine(population.persons, asOf: Population.asOf))
            var wrong: [Family: Int] = [:]
            var shown: [Family: Int] = [:]
            for pattern in outcome.patterns {
                // The persons' labels are those of the account's associations.
                if case .person = pattern.subject, pattern.kind == .adoptsAfter { continue }
                shown[Family(pattern.kind), default: 0] += 1
                if population.truth[pattern.kind]?.contains(pattern.name) == true {
                    found[pattern.kind, default: 0] += 1
                } else if !population.consequences.contains(pattern.name) {
                    wrong[Family(pattern.kind), default: 0] += 1
                }
            }
            for (family, count) in shown { shares[family, default: 0] += Double(wrong[family] ?? 0) / Double(count) }
            for (kind, names) in population.truth { planted[kind, default: 0] += names.count }
        }
        for (kind, power) in Self.power {
            let (hits, all) = (found[kind] ?? 0, planted[kind] ?? 0)
            print("planted, \(kind.rawValue): found \(hits) of \(all)")
            #expect(Double(hits) >= power * Double(all), "\(kind)")
        }
        for family in Family.allCases {
            let share = (shares[family] ?? 0) / Double(seeds)
            print("planted, \(family): \((share * 1000).rounded() / 10) % of the labels shown are false, on average")
            #expect(share <= 2 * FalseDiscoveryRate.level, "\(family)")
        }
    }

    /// What is found at least of each, with room for chance in a few seeds.
    private static let power: [(PatternKind, Double)] = [
        (.powerUser, 0.9), (.struggling, 0.45), (.goneQuiet, 0.95), (.rising, 0.75), (.falling, 0.4),
        (.adoptsAfter, 0.9), (.spread, 0.8),
    ]

    /// Kinds whose tests are corrected together.
    private enum Family: CaseIterable {
        case powerUser
        case struggling
        case goneQuiet
        case change
        case adoption
        case spread

        init(_ kind: PatternKind) {
            switch kind {
            case .powerUser: self = .powerUser
            case .struggling: self = .struggling
            case .goneQuiet: self = .goneQuiet
            case .rising, .falling: self = .change
            case .adoptsAfter: self = .adoption
            case .spread, .concentrated: self = .spread
            }
        }
    }

    @Test func saysWhatIsMissing() throws {
        let small = Population(persons: 8, seed: 1)
        let outcome = try #require(PatternMiner.mine(small.persons, asOf: Population.asOf))
        let powerUser = try #require(outcome.missing.first { $0.kind == .powerUser })
        #expect(powerUser.have < powerUser.need)
        #expect(powerUser.need == 30)
        #expect(!outcome.patterns.contains { $0.kind == .powerUser || $0.kind == .adoptsAfter })

        let nothing = try #require(PatternMiner.mine([], asOf: Population.asOf))
        #expect(nothing.patterns.isEmpty)
        #expect(Set(nothing.missing.map(\.kind)) == Set(PatternKind.allCases))
    }

    @Test func endsWhenItIsToldTo() {
        let population = Population(persons: 50, seed: 1)
        #expect(PatternMiner.mine(population.persons, asOf: Population.asOf) { true } == nil)
    }

    /// The order in which persons come does not matter.
    @Test func isAFunctionOfTheUse() throws {
        let population = Population(persons: 300, seed: 3, plants: .some)
        let outcome = try #require(PatternMiner.mine(population.persons, asOf: Population.asOf))
        let again = try #require(PatternMiner.mine(population.persons.reversed(), asOf: Population.asOf))
        #expect(Set(outcome.patterns.map(\.name)) == Set(again.patterns.map(\.name)))
    }
}
