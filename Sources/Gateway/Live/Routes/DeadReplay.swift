import Spool

/// What a button of the page asks to be put back into the queue. A value.
enum DeadReplay: Sendable, Equatable {
    case id(Int64)
    /// All that were given up for the reason of this code.
    case code(String)
    case all

    /// What became of it.
    struct Result: Sendable, Equatable {
        var count = 0
        /// Time was up: there are more.
        var isPartial = false
    }

    /// Dead letters that are moved at a time; the spool commits so many at once.
    private static let piece = 500
    /// Nanoseconds after which no further piece is begun: nginx waits 10 s for an answer.
    static let longest: UInt64 = 5_000_000_000

    /// Reads a button's value: `id:42`, `code:invalid_call`, `all`.
    init?(_ text: String) {
        if text == "all" {
            self = .all
        } else if text.hasPrefix("id:"), let id = Int64(text.dropFirst(3)) {
            self = .id(id)
        } else if text.hasPrefix("code:") {
            self = .code(String(text.dropFirst(5)))
        } else {
            return nil
        }
    }

    /// Does it. Blocks for the spool's commits; gateways and the relay go on in between.
    func run(on spool: any Spool, clock: () -> UInt64 = MonotonicClock.nanoseconds) throws -> Result {
        if case .id(let id) = self { return Result(count: try spool.replayDead(.ids([id]))) }
        var code: String?
        if case .code(let named) = self { code = named }
        // What dies again meanwhile has a higher id, and is not meant.
        guard let through = try spool.newestDeadLetters(limit: 1).first?.id else { return Result() }
        let start = clock()
        var result = Result()
        var after: Int64 = .min
        while true {
            let ids = try spool.deadIds(code: code, after: after, through: through, limit: Self.piece)
            guard let last = ids.last else { return result }
            guard clock() &- start < Self.longest else {
                result.isPartial = true
                return result
            }
            result.count += try spool.replayDead(.ids(ids))
            after = last
        }
    }
}
