import Glibc

/// A fit of the correlation, and of one factor on everyone's odds, to those who are not far above the others.
///
/// A value; any thread.
struct BetaBinomialFit {
    private let all: [BetaBinomial.Observation]
    private var usual: [BetaBinomial.Observation]
    private var correlation: Double
    private var offset = 0.0

    /// Of the logarithms.
    private static let correlations = log(1e-5)...log(0.5)
    private static let offsets = -1.5...0.7
    /// Who is less probable is not usual.
    private static let usualTail = 0.005

    init(_ observations: [BetaBinomial.Observation], correlation: Double) {
        self.all = observations
        self.usual = observations
        self.correlation = correlation
    }

    /// One more round: who is usual by the fit so far, then the fit anew.
    ///
    /// - Returns: by how much the correlation's logarithm changed.
    mutating func improve() -> Double {
        self.usual = self.all.filter { observation in
            let distribution = BetaBinomial(
                share: Self.share(observation.share, offset: self.offset),
                correlation: self.correlation
            )
            return distribution.upperTail(observation.hits, in: observation.trials) >= Self.usualTail
        }
        let before = self.correlation
        let offset = Maximum.golden(in: Self.offsets, steps: 12) {
            self.likelihood(offset: $0, correlation: before)
        }
        let correlation = exp(
            Maximum.golden(in: Self.correlations, steps: 16) { self.likelihood(offset: offset, correlation: exp($0)) }
        )
        self.offset = offset
        self.correlation = correlation
        return abs(log(correlation / before))
    }

    /// The upper end of the 95 % likelihood interval.
    var correlationBound: Double {
        let best = self.likelihood(offset: self.offset, correlation: self.correlation)
        return exp(
            Maximum.lastAbove(
                best - Maximum.halfChiSquare,
                from: log(self.correlation),
                to: Self.correlations.upperBound,
                steps: 12
            ) {
                self.likelihood(offset: self.offset, correlation: exp($0))
            }
        )
    }

    private static func share(_ share: Double, offset: Double) -> Double {
        let odds = share / (1 - share) * exp(offset)
        return odds / (1 + odds)
    }

    private func likelihood(offset: Double, correlation: Double) -> Double {
        var share = -1.0
        var distribution = BetaBinomial(share: 0.5, correlation: correlation)
        return self.usual.reduce(0) { sum, observation in
            // Where everyone's share is the same, one distribution serves all.
            if observation.share != share {
                share = observation.share
                distribution = BetaBinomial(share: Self.share(share, offset: offset), correlation: correlation)
            }
            return sum + distribution.logKernel(of: observation.hits, in: observation.trials)
        }
    }
}
