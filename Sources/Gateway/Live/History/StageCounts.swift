/// A number for each ``LiveStage``. A value.
struct StageCounts: Sendable, Equatable {
    private var values = [UInt64](repeating: 0, count: LiveStage.allCases.count)

    subscript(stage: LiveStage) -> UInt64 {
        get { self.values[Int(stage.rawValue)] }
        set { self.values[Int(stage.rawValue)] = newValue }
    }

    /// What was received: all outcomes of the edge.
    var received: UInt64 { LiveStage.intake.reduce(0) { $0 &+ self[$1] } }

    var isZero: Bool { self.values.allSatisfy { $0 == 0 } }

    /// What was added since `earlier`. A counter that is lower than before was started anew: all of it counts.
    func since(_ earlier: StageCounts) -> StageCounts {
        var result = self
        for stage in LiveStage.allCases where self[stage] >= earlier[stage] {
            result[stage] = self[stage] - earlier[stage]
        }
        return result
    }
}
