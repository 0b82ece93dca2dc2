internal import CBoostMath

/// Tails and quantiles of the distributions that the tests use, by Boost.Math.
///
/// Counts are `Double`, since some are scaled. A tail whose parameters make no sense is 1: it supports nothing. Pure
/// functions; any thread.
enum Distributions {
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
        guard correlation > 1e-6 else { return self.binomialUpperTail(Double(hits), of: Double(trials), share: share) }
        return self.probability(BetaBinomial(share: share, correlation: correlation).upperTail(hits, in: trials))
    }

    /// P(|T| ≥ |`value`|), T Student's.
    static func studentTwoSided(_ value: Double, freedom: Double) -> Double {
        self.probability(CBoostMathIncompleteBeta(freedom / 2, 0.5, freedom / (freedom + value * value)))
    }

    /// The t beyond which, on either side, Student's T is with probability 0.05.
    static func studentQuantile(freedom: Double) -> Double {
        let x = CBoostMathIncompleteBetaInverse(freedom / 2, 0.5, 0.05)
        guard x.isFinite, x > 0 else { return .infinity }
        return (freedom * (1 - x) / x).squareRoot()
    }

    static func digamma(_ x: Double) -> Double { CBoostMathDigamma(x) }

    static func trigamma(_ x: Double) -> Double { CBoostMathTrigamma(x) }

    static func logGamma(_ x: Double) -> Double { CBoostMathLogGamma(x) }

    private static func probability(_ value: Double) -> Double {
        value.isFinite ? min(max(value, 0), 1) : 1
    }
}
