import HydraPatterns

extension PatternKind {
    /// How many features a label of this kind names.
    var featureCount: Int {
        switch self {
        case .goneQuiet, .rising, .falling: 0
        case .powerUser, .struggling, .spread, .concentrated: 1
        case .adoptsAfter: 2
        }
    }

    /// The label in words.
    ///
    /// - Parameter features: as many as ``featureCount``.
    func label(_ features: [String]) -> String {
        let first = features.first ?? "?"
        let second = features.dropFirst().first ?? "?"
        return switch self {
        case .powerUser: "Power user of \(first)"
        case .struggling: "Struggling with \(first)"
        case .goneQuiet: "Gone quiet"
        case .rising: "Use is rising"
        case .falling: "Use is falling"
        case .adoptsAfter: "Adopts \(second) after \(first)"
        case .spread: "\(first) is spread widely"
        case .concentrated: "\(first) is used by few"
        }
    }
}
