import Glibc

/// The beta-binomial distribution, and its fit to shares that differ from person to person.
///
/// A value; any thread.
struct BetaBinomial: Sendable {
    private let a: Double
    private let b: Double
    private let logBeta: Double

    /// - Parameter correlation: of two trials of the same person, more than 0.
    init(share: Double, correlation: Double) {
        let size = 1 / correlation - 1
        self.a = share * size
        self.b = (1 - share) * size
        self.logBeta =
            Distributions.logGamma(self.a) + Distributions.logGamma(self.b) - Distributions.logGamma(self.a + self.b)
    }

    func probability(of hits: Int, in trials: Int) -> Double { exp(self.logProbability(of: hits, in: trials)) }

    func logProbability(of hits: Int, in trials: Int) -> Double {
        let (hit, all) = (Double(hits), Double(trials))
        let choose =
            Distributions.logGamma(all + 1) - Distributions.logGamma(hit + 1) - Distributions.logGamma(all - hit + 1)
        return choose + self.logKernel(of: hits, in: trials)
    }

    /// The probability's logarithm up to the binomial coefficient, which does not depend on the parameters.
    func logKernel(of hits: Int, in trials: Int) -> Double {
        Distributions.logGamma(Double(hits) + self.a) + Distributions.logGamma(Double(trials - hits) + self.b)
            - Distributions.logGamma(Double(trials) + self.a + self.b) - self.logBeta
    }

    /// P(X ≥ `hits`).
    func upperTail(_ hits: Int, in trials: Int) -> Double {
        guard hits > 0 else { return 1 }
        guard hits <= trials else { return 0 }
        // The shorter side is summed.
        if hits * 2 > trials { return (hits...trials).reduce(0) { $0 + self.probability(of: $1, in: trials) } }
        return 1 - (0..<hits).reduce(0) { $0 + self.probability(of: $1, in: trials) }
    }

    /// What one person did, and what share is usual for it.
    struct Observation: Sendable {
        let hits: Int
        let trials: Int
        let share: Double
    }

    /// How much persons differ, cautiously: the upper end of the correlation's 95 % likelihood interval.
    ///
    /// Persons far above the others are what is looked for, and would pass for "everyone differs": those in the upper
    /// half percent of the fit so far are left out of the next, and the shares may all be off by one factor, since the
    /// loud ones went into them.
    static func cautiousCorrelation(_ all: [Observation]) -> Double {
        let usable = all.filter { $0.trials > 1 && $0.share > 0 && $0.share < 1 }
        guard !usable.isEmpty else { return 0 }
        // Enough to know it well; every so many-th, whatever order they come in.
        let step = max(1, usable.count / Self.maximumObservations)
        let observations = stride(from: 0, to: usable.count, by: step).map { usable[$0] }
        var fit = BetaBinomialFit(observations, correlation: Self.startingCorrelation(observations))
        for _ in 0..<Self.rounds where fit.improve() > Self.precision {}
        return fit.correlationBound
    }

    private static let rounds = 6
    /// Of the logarithm of the correlation.
    private static let precision = 0.05
    private static let maximumObservations = 600

    /// By the median of the squared residuals, which half of the persons could not move.
    private static func startingCorrelation(_ observations: [Observation]) -> Double {
        let ratios = observations.map { observation in
            let trials = Double(observation.trials)
            let residual = Double(observation.hits) - trials * observation.share
            let square = residual * residual / (trials * observation.share * (1 - observation.share))
            // The median of chi-square with one degree of freedom is 0.455.
            return (square / 0.455 - 1) / (trials - 1)
        }.sorted()
        return min(max(ratios[ratios.count / 2], 1e-4), 0.3)
    }
}
