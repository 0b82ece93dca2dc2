/// Shortens foreign text to what may stand in one line for people.
enum Excerpt {
    /// The longest excerpt, in Unicode scalars.
    static let maximum = 500

    /// The text without control characters and line breaks, runs of blanks as one blank, cut after ``maximum``.
    static func of(_ text: some StringProtocol) -> String {
        var excerpt = String.UnicodeScalarView()
        var count = 0
        var blankIsDue = false
        for scalar in text.unicodeScalars {
            guard !Self.isBlank(scalar) else {
                blankIsDue = count > 0
                continue
            }
            guard count < Self.maximum else {
                excerpt.append("…")
                break
            }
            if blankIsDue {
                excerpt.append(" ")
                count += 1
                blankIsDue = false
            }
            excerpt.append(scalar)
            count += 1
        }
        return String(excerpt)
    }

    /// White space, and what has no place in a line: controls, line separators, marks that change the direction.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator: true
        default: false
        }
    }
}
