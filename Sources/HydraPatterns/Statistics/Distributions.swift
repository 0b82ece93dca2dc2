internal import CBoostMath

/// Tails and quantiles of the distributions that the tests use, by Boost.Math.
///
/// Counts are `Double`, since some are scaled. A tail whose parameters make no sense is 1: it supports nothing. Pure
/// functions; any thread.
enum Distributions {
    /// P(X ≥ `count`), X negative binomial with this mean and size (variance `mean + mean² / size`).
    static func negativeBinomialUpperTail(_ count: Double, mean: Double, size: Double) -> Double {
        guard count > 0 else { return 1 }
        return self.probability(CBoostMathIncompleteBeta(count, size, mean / (mean + size)))
    }

    /// P(X ≥ `hits`), X binomial.
    static func binomialUpperTail(_ hits: Double, of trials: Double, share: Double) -> Double {
        guard hits > 0 else { return 1 }
        return self.probability(CBoostMathIncompleteBeta(hits, trials - hits + 1, share))
    }

    /// P(X ≥ `count`), X Poisson.
    static func poissonUpperTail(_ count: Double, mean: Double) -> Double {
        guard count > 0 else { return 1 }
        return self.probability(CBoostMathIncompleteGamma(count, mean))
    }

    /// P(X ≤ `hits`), X binomial.
    static func binomialLowerTail(_ hits: Double, of trials: Double, share: Double) -> Double {
        guard hits < trials else { return 1 }
        return self.probability(CBoostMathIncompleteBetaComplement(hits + 1, trials - hits, share))
    }

    /// The exact (Clopper–Pearson) 95 % interval of a share.
    static func shareInterval(_ hits: Double, of trials: Double) -> (low: Double, high: Double) {
        let rest = trials - hits
        let low = hits > 0 ? CBoostMathIncompleteBetaInverse(hits, rest + 1, 0.025) : 0
        let high = rest > 0 ? CBoostMathIncompleteBetaInverse(hits + 1, rest, 0.975) : 1
        return (low.isFinite ? low : 0, high.isFinite ? high : 1)
    }

    /// The x below which a beta variable is with probability `p`.
    static func betaQuantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
        CBoostMathIncompleteBetaInverse(a, b, p)
    }

    /// The exact 95 % interval of a Poisson mean of which `count` was seen.
    static func countInterval(_ count: Double) -> (low: Double, high: Double) {
        let low = count > 0 ? CBoostMathIncompleteGammaInverse(count, 0.025) : 0
        let high = CBoostMathIncompleteGammaInverse(count + 1, 0.975)
        return (low.isFinite ? low : 0, high.isFinite ? high : .infinity)
    }

    /// The probability of `hits` or more marked ones among `drawn` of `total`, of which `marked` are marked.
    static func hypergeometricUpperTail(_ hits: Int, marked: Int, drawn: Int, total: Int) -> Double {
        guard
            let hits = UInt32(exactly: hits), let marked = UInt32(exactly: marked),
            let drawn = UInt32(exactly: drawn), let total = UInt32(exactly: total)
        else { return 1 }
        return self.probability(CBoostMathHypergeometricUpperTail(hits, marked, drawn, total))
    }

    /// P(X ≥ `hits`), X beta-binomial: binomial with a share that itself differs from one to the next.
    ///
    /// - Parameter correlation: of two trials of the same one; 0 is the binomial.
    static func betaBinomialUpperTail(_ hits: Int, of trials: Int, share: Double, correlation: Double) -> Double {
        guard hits > 0 else { return 1 }
        guard hits <= trials else { return 0 }
        guard correlation > 1e-6 else { return self.binomialUpperTail(Double(hits), of: Double(trials), share: share) }
        let beta = BetaBinomial(share: share, correlation: correlation)
        // The shorter side is summed.
        if hits * 2 > trials {
            return self.probability((hits...trials).reduce(0) { $0 + beta.probability(of: $1, in: trials) })
        }
        return self.probability(1 - (0..<hits).reduce(0) { $0 + beta.probability(of: $1, in: trials) })
    }

    static func logGamma(_ x: Double) -> Double { CBoostMathLogGamma(x) }

    private static func probability(_ value: Double) -> Double {
        value.isFinite ? min(max(value, 0), 1) : 1
    }
}
