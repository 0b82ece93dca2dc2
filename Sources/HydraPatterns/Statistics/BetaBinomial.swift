import Glibc

/// The beta-binomial distribution, and its fit to shares that differ from person to person.
///
/// A value; any thread.
struct BetaBinomial: Sendable {
    let share: Double
    let correlation: Double
    private let a: Double
    private let b: Double
    private let logBeta: Double

    init(share: Double, correlation: Double) {
        self.share = share
        self.correlation = correlation
        let size = 1 / correlation - 1
        self.a = share * size
        self.b = (1 - share) * size
        self.logBeta =
            Distributions.logGamma(self.a) + Distributions.logGamma(self.b) - Distributions.logGamma(self.a + self.b)
    }

    func probability(of hits: Int, in trials: Int) -> Double { exp(self.logProbability(of: hits, in: trials)) }

    func logProbability(of hits: Int, in trials: Int) -> Double {
        let hits = Double(hits)
        let trials = Double(trials)
        let choose =
            Distributions.logGamma(trials + 1) - Distributions.logGamma(hits + 1)
            - Distributions.logGamma(trials - hits + 1)
        let beta =
            Distributions.logGamma(hits + self.a) + Distributions.logGamma(trials - hits + self.b)
            - Distributions.logGamma(trials + self.a + self.b)
        return choose + beta - self.logBeta
    }

    /// What one person did.
    struct Observation: Hashable, Sendable {
        var hits: Int
        let trials: Int
    }

    /// How much persons differ, cautiously: the upper end of the correlation's 95 % likelihood interval.
    ///
    /// Persons far above the others are what is looked for, and would pass for "everyone differs": they are cut to the
    /// 95 % point of what was fitted so far, and the fit is made again.
    static func cautiousCorrelation(_ observations: [Observation], share: Double) -> Double {
        guard share > 0, share < 1 else { return 0 }
        var correlation = 1.0
        var cut: [Observation: Int] = [:]
        for round in 0..<Self.rounds {
            cut.removeAll(keepingCapacity: true)
            for var observation in observations where observation.trials > 1 {
                if round > 0 {
                    let trials = Double(observation.trials)
                    let variance = trials * share * (1 - share) * (1 + (trials - 1) * correlation)
                    let cap = Int((trials * share + 1.64 * variance.squareRoot()).rounded(.up))
                    observation.hits = min(observation.hits, max(cap, 1))
                }
                cut[observation, default: 0] += 1
            }
            guard !cut.isEmpty else { return 0 }
            correlation = exp(
                Maximum.golden(in: self.range) { self.likelihood(cut, share: share, correlation: exp($0)) }
            )
        }
        let best = self.likelihood(cut, share: share, correlation: correlation)
        let bound = Maximum.lastAbove(best - Maximum.halfChiSquare, from: log(correlation), to: self.range.upperBound) {
            self.likelihood(cut, share: share, correlation: exp($0))
        }
        return exp(bound)
    }

    private static let rounds = 8
    /// Of the logarithm of the correlation.
    private static let range = log(1e-5)...log(0.5)

    private static func likelihood(_ observations: [Observation: Int], share: Double, correlation: Double) -> Double {
        let distribution = BetaBinomial(share: share, correlation: correlation)
        return observations.reduce(0) { sum, item in
            sum + Double(item.value) * distribution.logProbability(of: item.key.hits, in: item.key.trials)
        }
    }
}
