/// Text from the network on its way into a data point.
enum PlainText {
    /// Without control characters, with single spaces, cut; nil if nothing is left.
    static func cleaned(_ text: String?, characters: Int = SourcingLimits.textCharacters) -> String? {
        guard let text else { return nil }
        var kept = String.UnicodeScalarView()
        var hasGap = false
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < characters else { break }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: hasGap = !kept.isEmpty
            // Invisible: zero-width and direction marks would let a text look like another one.
            case .format, .privateUse, .surrogate, .unassigned: continue
            default:
                if hasGap {
                    kept.append(" ")
                    count += 1
                    hasGap = false
                }
                kept.append(scalar)
                count += 1
            }
        }
        return kept.isEmpty ? nil : String(kept)
    }
}
