/// What is handed to the committer: each is carried out whole or not at all.
enum Operation: Sendable {
    /// Store calls and rejected events.
    case append(AppendBatch)

    /// Record what became of calls of the database with this id.
    case settle([Settlement], database: String)

    /// Move or delete dead letters; a bounded piece of a larger operation.
    case dead(DeadAction, DeadPiece)

    /// Look after the spool: see whether a disk that failed works again, forget old message ids, give pages back.
    case tend

    /// Bytes that carrying it out writes, roughly: bounds what one transaction takes.
    var weight: Int {
        switch self {
        case .append(let batch):
            batch.calls.reduce(batch.rejected.reduce(0) { $0 + 200 + $1.raw.count }) { $0 + 200 + $1.body.count }
        case .settle(let settlements, _): settlements.count * 200
        case .dead(_, let piece): piece.limit * 1000
        case .tend: 0
        }
    }
}

/// What is done with dead letters.
enum DeadAction: Sendable {
    case replay
    case drop
}

/// At most `limit` of the selected dead letters with ids in `(after, through]`.
struct DeadPiece: Sendable {
    let selection: DeadSelection
    let after: Int64
    let through: Int64
    let limit: Int
}

/// What the committer answers.
enum Reply: Sendable {
    case appended(AppendReceipt)
    case done
    /// How many dead letters were moved, and the last one's id; nil when none was left.
    case dead(count: Int, lastId: Int64?)
}

typealias Outcome = Result<Reply, SpoolError>
