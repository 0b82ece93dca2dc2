/// One-dimensional search over functions with a single peak. Pure; any thread.
enum Maximum {
    /// Half of the 95 % point of chi-square with one degree of freedom: how far a log likelihood falls at the ends of
    /// a 95 % likelihood interval.
    static let halfChiSquare = 1.9207

    /// Golden-section search.
    static func golden(
        in range: ClosedRange<Double>,
        steps: Int = 28,
        _ function: (Double) -> Double
    ) -> Double {
        let ratio = 0.6180339887498949
        var low = range.lowerBound
        var high = range.upperBound
        var left = high - ratio * (high - low)
        var right = low + ratio * (high - low)
        var leftValue = function(left)
        var rightValue = function(right)
        for _ in 0..<steps {
            if leftValue < rightValue {
                low = left
                left = right
                leftValue = rightValue
                right = low + ratio * (high - low)
                rightValue = function(right)
            } else {
                high = right
                right = left
                rightValue = leftValue
                left = high - ratio * (high - low)
                leftValue = function(left)
            }
        }
        return (low + high) / 2
    }

    /// Going from the peak towards `end`, the last place where the function is still at least `level`.
    static func lastAbove(
        _ level: Double,
        from peak: Double,
        to end: Double,
        steps: Int = 24,
        _ function: (Double) -> Double
    ) -> Double {
        guard function(end) < level else { return end }
        var inside = peak
        var outside = end
        for _ in 0..<steps {
            let middle = (inside + outside) / 2
            if function(middle) >= level { inside = middle } else { outside = middle }
        }
        return inside
    }
}
