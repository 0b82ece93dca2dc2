/// A line without axes for an SVG `polyline`. Stateless.
enum Sparkline {
    /// Height of the picture in its own units; the width is one unit a point.
    private static let height = 24.0
    /// Room for the line's thickness at the top and at the bottom.
    private static let margin = 1.5

    /// `0,22.5 1,3.0 …`, the greatest value at the top, zero at the bottom. Points between two equal neighbours are left
    /// out: an idle source is a line of two points.
    ///
    /// - Parameter start: where the first point is; more than 0 when less is known than there is room for.
    static func points(_ values: [UInt64], from start: Int = 0) -> String {
        let top = Double(max(1, values.max() ?? 0))
        var text = ""
        for (index, value) in values.enumerated() {
            let isInner = index > 0 && index < values.count - 1
            if isInner, values[index - 1] == value, values[index + 1] == value { continue }
            let y = Self.height - Self.margin - Double(value) / top * (Self.height - 2 * Self.margin)
            if !text.isEmpty { text += " " }
            text += "\(start + index),\((y * 10).rounded() / 10)"
        }
        return text
    }
}
