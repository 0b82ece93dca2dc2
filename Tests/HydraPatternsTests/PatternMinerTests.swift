import Testing

@testable import HydraPatterns

/// What the miner finds in populations whose truth is known.
@Suite struct PatternMinerTests {
    /// The share of false labels among those shown, averaged over populations with nothing in them: every label is
    /// false there, so it is the share of populations with any.
    @Test func labelsNothingWhereThereIsNothing() throws {
        let seeds: UInt64 = 60
        var falsePopulations: [PatternKind: Int] = [:]
        var labels: [PatternKind: Int] = [:]
        for seed in 1...seeds {
            let population = Population(persons: 400, seed: seed)
            let outcome = try #require(PatternMiner.mine(population.persons, asOf: Population.asOf))
            let byKind = Dictionary(grouping: outcome.patterns, by: \.kind)
            for (kind, patterns) in byKind {
                falsePopulations[kind, default: 0] += 1
                labels[kind, default: 0] += patterns.count
            }
        }
        for kind in PatternKind.allCases {
            print(
                "no pattern planted: \(kind.rawValue): \(falsePopulations[kind] ?? 0) of \(seeds) populations with a label, \(labels[kind] ?? 0) labels"
            )
        }
    }

    @Test func findsWhatWasPlanted() throws {
        var plants = Population.Plants()
        plants.powerUsers = 10
        plants.strugglers = 10
        plants.quiet = 15
        plants.rising = 15
        plants.falling = 15
        plants.adoptionFactor = 5
        plants.spreadCompanies = 4
        let seeds: UInt64 = 20
        var found: [String: Int] = [:]
        var planted: [String: Int] = [:]
        var shown: [String: Int] = [:]
        var shares: [String: Double] = [:]
        for seed in 1...seeds {
            let population = Population(persons: 600, seed: seed &+ 1000, plants: plants)
            let outcome = try #require(PatternMiner.mine(population.persons, asOf: Population.asOf))
            var wrong: [String: Int] = [:]
            var all: [String: Int] = [:]
            for pattern in outcome.patterns {
                if case .person = pattern.subject, pattern.kind == .adoptsAfter { continue }
                all[pattern.kind.rawValue, default: 0] += 1
                shown[pattern.kind.rawValue, default: 0] += 1
                if population.truth.contains(pattern.name) {
                    found[pattern.kind.rawValue, default: 0] += 1
                } else if !population.consequences.contains(pattern.name) {
                    wrong[pattern.kind.rawValue, default: 0] += 1
                    if seed < 4 {
                        print(
                            "  ?",
                            pattern.name,
                            pattern.evidence.probability,
                            pattern.evidence.adjusted,
                            pattern.evidence.counts.map { "\($0.name)=\($0.value)" },
                            pattern.evidence.effect.ratio
                        )
                    }
                }
            }
            for (kind, count) in all {
                shares[kind, default: 0] += Double(wrong[kind] ?? 0) / Double(count) / Double(seeds)
            }
            for truth in population.truth { planted[String(truth.prefix { $0 != " " }), default: 0] += 1 }
        }
        for kind in PatternKind.allCases.map(\.rawValue) {
            print(
                "planted: \(kind): found \(found[kind] ?? 0) of \(planted[kind] ?? 0), shown \(shown[kind] ?? 0), share of false ones \(shares[kind] ?? 0)"
            )
        }
    }
}
