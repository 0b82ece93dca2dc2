import Spool

/// The dead letters as the page shows them. A value.
struct DeadOverview: Sendable {
    /// The newest that are looked at: their reasons are counted. Takes some 5 ms; a spool may have millions.
    static let examined = 1_000
    /// The newest that are shown.
    static let shown = 20

    /// All that there are.
    var count = 0
    /// How many of them were looked at.
    var examinedCount = 0
    /// Codes with their counts among those, the most frequent first.
    var reasons: [(code: String, count: Int)] = []
    /// Without the calls' bodies, the one that died last first; one that was asked for stands in front.
    var newest: [DeadLetter] = []
    /// The one that was asked for is no dead letter (any more).
    var isMissing = false

    init() {}

    /// - Parameter id: one to show in any case.
    init(of spool: any Spool, count: Int, asking id: Int64?) throws {
        self.count = count
        var letters = count > 0 ? try spool.newestDeadLetters(limit: Self.examined) : []
        letters.sort { ($0.reason.at, $0.id) > ($1.reason.at, $1.id) }
        self.examinedCount = letters.count
        var counts: [String: Int] = [:]
        for letter in letters { counts[letter.reason.code, default: 0] += 1 }
        self.reasons = counts.map { (code: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.code) < ($0.count, $1.code) }
        self.newest = Array(letters.prefix(Self.shown))
        guard let id else { return }
        if let asked = try letters.first(where: { $0.id == id }) ?? spool.deadLetter(id: id) {
            self.newest = [asked] + self.newest.filter { $0.id != id }
        } else {
            self.isMissing = true
        }
    }
}
