/// Looks for a text in others, in time that grows with their length alone (Knuth, Morris and Pratt): a search that begins
/// again at each letter takes the product of both for texts such as `nnnnn…`.
///
/// A value; any thread.
struct SubstringSearch: Sendable, Equatable {
    private let needle: [UInt8]
    /// For each place, how much of the needle's beginning ends there again.
    private let borders: [Int]

    init(_ needle: [UInt8]) {
        var borders = [Int](repeating: 0, count: needle.count)
        var matched = 0
        for place in needle.indices.dropFirst() {
            while matched > 0, needle[place] != needle[matched] { matched = borders[matched - 1] }
            if needle[place] == needle[matched] { matched += 1 }
            borders[place] = matched
        }
        self.needle = needle
        self.borders = borders
    }

    func isIn(_ text: [UInt8]) -> Bool {
        guard !self.needle.isEmpty else { return true }
        guard self.needle.count <= text.count else { return false }
        var matched = 0
        for byte in text {
            while matched > 0, byte != self.needle[matched] { matched = self.borders[matched - 1] }
            if byte == self.needle[matched] { matched += 1 }
            if matched == self.needle.count { return true }
        }
        return false
    }
}
