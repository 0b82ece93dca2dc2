import Glibc

/// Counts of persons who used something at least once: a negative binomial without its zero.
///
/// Poisson counts whose means differ from person to person as a gamma distribution. A value; any thread.
struct NegativeBinomial: Sendable {
    let mean: Double
    let size: Double

    /// P(X ≥ `count`), given that it is at least 1.
    func upperTail(_ count: Double) -> Double {
        let used = Distributions.negativeBinomialUpperTail(1, mean: self.mean, size: self.size)
        guard used > 0 else { return 1 }
        return min(1, Distributions.negativeBinomialUpperTail(count, mean: self.mean, size: self.size) / used)
    }

    /// Fitted to most persons, cautiously: with the heaviest tail that the counts still allow (the lower end of the
    /// size's 95 % likelihood interval).
    ///
    /// Counts above the 95 % point enter as "more than that" only: who is looked for up there must not decide what is
    /// usual.
    ///
    /// - Parameter counts: each at least 1.
    /// - Returns: nil without counts.
    static func cautiousFit(_ counts: [Int]) -> NegativeBinomial? {
        let sorted = counts.sorted()
        guard let greatest = sorted.last else { return nil }
        let cap = sorted[min(sorted.count - 1, sorted.count * 95 / 100)]
        var histogram: [Int: Int] = [:]
        var beyond = 0
        for count in sorted {
            if count > cap { beyond += 1 } else { histogram[count, default: 0] += 1 }
        }
        let items = histogram.map { (count: Double($0.key), persons: Double($0.value)) }
        let usual = Double(sorted.reduce(0) { $0 + min($1, cap) }) / Double(sorted.count)
        let means = log(max(usual * 0.05, 1e-3))...log(max(usual * 3, Double(min(greatest, 2))))
        func likelihood(_ logMean: Double, _ logSize: Double) -> Double {
            NegativeBinomial(mean: exp(logMean), size: exp(logSize))
                .likelihood(items, beyond: Double(beyond), cap: Double(cap))
        }
        func bestMean(_ logSize: Double) -> Double { Maximum.golden(in: means, steps: 22) { likelihood($0, logSize) } }
        func profile(_ logSize: Double) -> Double { likelihood(bestMean(logSize), logSize) }
        let sizes = log(0.05)...log(1000)
        let best = Maximum.golden(in: sizes, steps: 22, profile)
        let bound = Maximum.lastAbove(
            profile(best) - Maximum.halfChiSquare,
            from: best,
            to: sizes.lowerBound,
            steps: 16,
            profile
        )
        return NegativeBinomial(mean: exp(bestMean(bound)), size: exp(bound))
    }

    private func likelihood(_ items: [(count: Double, persons: Double)], beyond: Double, cap: Double) -> Double {
        let rate = log(self.mean / (self.mean + self.size))
        let none = self.size * log(self.size / (self.mean + self.size))
        let base = none - Distributions.logGamma(self.size)
        // ln P(X ≥ 1), exact where P(X = 0) is almost 1.
        let used = log(-expm1(none))
        var sum = 0.0
        for (count, persons) in items {
            let term =
                base + Distributions.logGamma(count + self.size) - Distributions.logGamma(count + 1) + count * rate
            sum += persons * (term - used)
        }
        if beyond > 0 {
            let tail = Distributions.negativeBinomialUpperTail(cap + 1, mean: self.mean, size: self.size)
            sum += beyond * (log(max(tail, 1e-300)) - used)
        }
        return sum
    }
}
