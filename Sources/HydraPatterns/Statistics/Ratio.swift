import Glibc

/// An effect with the bounds of its 95 % interval.
///
/// A value; any thread.
package struct Ratio: Equatable, Sendable {
    /// Of the interval.
    package static let confidence = 0.95

    package let value: Double
    package let low: Double
    /// Infinite where the counts set no bound.
    package let high: Double

    package init(value: Double, low: Double, high: Double) {
        self.value = value
        self.low = low
        self.high = high
    }

    /// How far the interval is from 1, as a multiple: its nearer bound, turned up where the effect is downwards; 1 where
    /// it holds 1.
    package var strength: Double {
        if self.low > 1 { return min(self.low, 1e9) }
        return self.high < 1 ? min(1 / max(self.high, 1e-9), 1e9) : 1
    }

    /// The ratio of two shares, by the logarithm's normal interval (Katz and others, Biometrics 34, 1978) with half a
    /// count added everywhere, so that a zero has bounds too.
    static func ofShares(_ hits: Int, of trials: Int, against otherHits: Int, of otherTrials: Int) -> Ratio {
        let (a, n) = (Double(hits) + 0.5, Double(trials) + 0.5)
        let (b, m) = (Double(otherHits) + 0.5, Double(otherTrials) + 0.5)
        return .logNormal((a / n) / (b / m), variance: max(0, 1 / a - 1 / n + 1 / b - 1 / m))
    }

    static func logNormal(_ value: Double, variance: Double) -> Ratio {
        let factor = exp(1.959963984540054 * variance.squareRoot())
        return Ratio(value: value, low: value / factor, high: value * factor)
    }
}
