import Glibc

/// What the variances of many short series have in common: an inverse chi-square distribution.
///
/// A series of eight weeks says little about its own variance; drawn towards what is usual it says enough, and its t
/// statistic has more degrees of freedom. The method is G. K. Smyth's (Stat. Appl. Genet. Mol. Biol. 3, 2004), with
/// his estimates by moments of the logarithms. A value; any thread.
struct VariancePrior: Sendable {
    /// Degrees of freedom that the prior is worth; 0: nothing is known beyond the series itself.
    let freedom: Double
    let variance: Double

    /// No series is steadier than this share of the usual variance: a handful of equal weeks is luck.
    private static let floorShare = 0.05
    private static let minimumSeries = 10
    /// More of them make no difference.
    private static let maximumFreedom = 1000.0

    /// - Parameters:
    ///   - variances: one of each series.
    ///   - freedom: of each of them.
    init(fitting variances: [Double], freedom: Double) {
        let positive = variances.filter { $0 > 0 }.sorted()
        guard positive.count >= Self.minimumSeries else {
            self.init(freedom: 0, variance: positive.isEmpty ? 1 : positive[positive.count / 2])
            return
        }
        let floor = positive[positive.count / 2] * Self.floorShare
        let half = freedom / 2
        let logarithms = variances.map { log(max($0, floor)) - Distributions.digamma(half) + log(half) }
        let count = Double(logarithms.count)
        let mean = logarithms.reduce(0, +) / count
        let spread = logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        let own = Self.inverseTrigamma(spread - Distributions.trigamma(half))
        guard let own, own * 2 < Self.maximumFreedom else {
            self.init(freedom: Self.maximumFreedom, variance: exp(mean))
            return
        }
        self.init(freedom: own * 2, variance: exp(mean + Distributions.digamma(own) - log(own)))
    }

    private init(freedom: Double, variance: Double) {
        self.freedom = freedom
        self.variance = variance
    }

    /// A series' own variance, drawn towards the usual one.
    func moderated(_ own: Double, freedom: Double) -> (variance: Double, freedom: Double) {
        let total = self.freedom + freedom
        return ((self.freedom * self.variance + freedom * own) / total, total)
    }

    /// The x with ψ′(x) = y; nil where there is none, since y is not positive.
    private static func inverseTrigamma(_ y: Double) -> Double? {
        guard y > 0 else { return nil }
        // ψ′ falls all the way.
        var low = log(1e-3)
        var high = log(1e7)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if Distributions.trigamma(exp(middle)) > y { low = middle } else { high = middle }
        }
        return exp((low + high) / 2)
    }
}
