import Hydra

/// How often something was used, by flag.
///
/// A value; any thread.
struct UseCounts: Equatable, Sendable {
    var negative: Int64 = 0
    var neutral: Int64 = 0
    var positive: Int64 = 0

    var uses: Int64 { self.negative &+ self.neutral &+ self.positive }

    mutating func add(_ flag: EventFlag) {
        switch flag {
        case .negative: self.negative &+= 1
        case .neutral: self.neutral &+= 1
        case .positive: self.positive &+= 1
        }
    }

    mutating func add(_ other: UseCounts) {
        self.negative &+= other.negative
        self.neutral &+= other.neutral
        self.positive &+= other.positive
    }
}
