import Glibc

/// Who has been silent for far longer than the own rhythm.
///
/// Gaps between active days are taken as geometric, with the share of active days that this person's past allows (a
/// beta distribution): the silence's probability is averaged over it. Rhythms that are more irregular than that make a
/// silence count for less, by as much.
enum SilenceTest {
    static let minimumActiveDays = 8
    private static let minimumSilence = 7.0
    private static let minimumRatio = 3.0

    static func run(
        _ persons: [PersonUse],
        as subject: (Int64) -> PatternSubject,
        asOf: Int32,
        into family: inout TestFamily
    ) {
        let rhythms = persons.compactMap { Rhythm($0, asOf: asOf) }
        guard !rhythms.isEmpty else { return }
        let common = rhythms.reduce(0) { $0 + $1.dispersion } / Double(rhythms.count)
        for rhythm in rhythms {
            let tail = rhythm.tail(dispersion: max(1, common, rhythm.dispersion))
            let isLong =
                rhythm.silence >= self.minimumSilence && rhythm.silence >= self.minimumRatio * rhythm.usualGap
                && rhythm.silence > rhythm.longestGap
            family.add(tail, isLong ? self.finding(rhythm, subject(rhythm.person)) : nil)
        }
    }

    private struct Rhythm {
        let person: Int64
        let activeDays: Int
        let last: Int32
        let silence: Double
        let usualGap: Double
        let longestGap: Double
        /// The gaps' variance as a multiple of the geometric distribution's.
        let dispersion: Double
        private let active: Double
        private let idle: Double

        init?(_ person: PersonUse, asOf: Int32) {
            let days = person.activeDays.prefix { $0 <= asOf }
            guard days.count >= SilenceTest.minimumActiveDays, let first = days.first, let last = days.last else {
                return nil
            }
            let gaps = zip(days.dropFirst(), days).map { Double($0) - Double($1) }
            let count = Double(gaps.count)
            let mean = (Double(last) - Double(first)) / count
            let squares = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            self.person = person.person
            self.activeDays = days.count
            self.last = last
            self.silence = Double(asOf) - Double(last)
            self.usualGap = mean
            self.longestGap = gaps.max() ?? mean
            self.dispersion = mean > 1 ? squares / (count - 1) / (mean * (mean - 1)) : 1
            self.active = count + 0.5
            self.idle = (mean - 1) * count + 0.5
        }

        /// P(a gap is longer than the silence): B(a, b + s) / B(a, b).
        func tail(dispersion: Double) -> Double {
            let silent = self.silence / dispersion
            let logarithm =
                Distributions.logGamma(self.idle + silent) - Distributions.logGamma(self.active + self.idle + silent)
                - Distributions.logGamma(self.idle) + Distributions.logGamma(self.active + self.idle)
            let value = exp(logarithm)
            return value.isFinite ? min(value, 1) : 1
        }

        /// The silence as a multiple of the usual gap.
        var ratio: Ratio {
            // The usual gap is one divided by the share of active days.
            Ratio(
                value: self.silence / self.usualGap,
                low: self.silence * Distributions.betaQuantile(0.025, self.active, self.idle),
                high: self.silence * Distributions.betaQuantile(0.975, self.active, self.idle)
            )
        }
    }

    private static func finding(_ rhythm: Rhythm, _ subject: PatternSubject) -> Finding {
        Finding(
            pattern: .goneQuiet,
            subject: subject,
            features: [],
            since: rhythm.last &+ 1,
            counts: [
                .init(name: "silentDays", value: rhythm.silence),
                .init(name: "activeDaysBefore", value: Double(rhythm.activeDays)),
                .init(name: "longestGapBefore", value: rhythm.longestGap),
            ],
            comparison: .init(
                group: "days from one active day to the next in the own past",
                size: rhythm.activeDays - 1,
                value: rhythm.usualGap
            ),
            effect: .init(measure: "silence, as a multiple of the usual gap", ratio: rhythm.ratio)
        )
    }
}
