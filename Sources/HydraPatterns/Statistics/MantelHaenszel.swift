import Glibc

/// Tables of two by two over strata, put together: whether what is exposed is hit more often than the rest of its
/// stratum.
///
/// A value; any thread.
struct MantelHaenszel: Sendable {
    /// Hits of the exposed that there were, and that chance would make.
    private(set) var hits = 0.0
    private(set) var expected = 0.0
    private var variance = 0.0
    // Of the odds ratio and of Robins, Breslow and Greenland's variance of its logarithm.
    private var r = 0.0
    private var s = 0.0
    private var pr = 0.0
    private var psqr = 0.0
    private var qs = 0.0

    mutating func add(hits a: Double, of exposed: Double, allHits: Double, ofAll total: Double) {
        guard total > 1, exposed > 0, exposed < total, allHits > 0, allHits < total else { return }
        self.hits += a
        self.expected += exposed * allHits / total
        self.variance +=
            exposed * (total - exposed) * allHits * (total - allHits) / (total * total * (total - 1))
        self.addOdds(a, exposed - a, allHits - a, total - exposed - (allHits - a))
    }

    private mutating func addOdds(_ a: Double, _ b: Double, _ c: Double, _ d: Double) {
        let n = a + b + c + d
        guard n > 0 else { return }
        let (p, q) = ((a + d) / n, (b + c) / n)
        let (r, s) = (a * d / n, b * c / n)
        self.r += r
        self.s += s
        self.pr += p * r
        self.psqr += p * s + q * r
        self.qs += q * s
    }

    /// P(as many hits or more by chance): hits of different strata are independent, each with its own probability;
    /// the binomial with the same mean and variance bounds the tail where that exists, the Poisson otherwise.
    var upperTail: Double {
        guard self.hits > 0, self.expected > 0 else { return 1 }
        let share = 1 - self.variance / self.expected
        guard share > 1e-6 else {
            return Distributions.poissonUpperTail(self.hits, mean: self.expected)
        }
        let trials = self.expected / share
        guard trials >= self.hits else { return Distributions.poissonUpperTail(self.hits, mean: self.expected) }
        return Distributions.binomialUpperTail(self.hits, of: trials, share: share)
    }

    /// The odds ratio with one count of prior in each cell, which draws small tables towards 1.
    var smoothedOdds: Ratio {
        var smoothed = self
        smoothed.addOdds(1, 1, 1, 1)
        let (r, s) = (smoothed.r, smoothed.s)
        guard r > 0, s > 0 else { return Ratio(value: 1, low: 0, high: .infinity) }
        let variance = smoothed.pr / (2 * r * r) + smoothed.psqr / (2 * r * s) + smoothed.qs / (2 * s * s)
        return .logNormal(r / s, variance: variance)
    }
}
