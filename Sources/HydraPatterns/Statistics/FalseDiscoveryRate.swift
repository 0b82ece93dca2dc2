/// Many questions asked at once: which answers to believe.
package enum FalseDiscoveryRate {
    /// Of the labels of a kind that are shown, at most this share is expected to be chance.
    package static let level = 0.05

    /// Benjamini and Hochberg's adjusted probabilities (JRSS B 57, 1995): believing all that are at most q keeps the
    /// expected share of false ones at or below q.
    ///
    /// - Parameter probabilities: of every test that was made, not only of the promising ones.
    static func adjusted(_ probabilities: [Double]) -> [Double] {
        let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
        var adjusted = probabilities
        var least = 1.0
        for rank in order.indices.reversed() {
            let index = order[rank]
            least = min(least, probabilities[index] * Double(order.count) / Double(rank + 1))
            adjusted[index] = least
        }
        return adjusted
    }
}
