import GRDB
import GRDBSQLite
import Glibc
import Synchronization

/// What answering one request may cost: so much time of a processor, and none once its client has gone.
///
/// Whoever answers a request does so inside ``run(_:)``; all that reads the store there is stopped when the budget is
/// spent, and loops ask ``check()``. Work that no client ordered has no budget. Used on the thread that made it.
package final class RequestBudget: Sendable {
    /// Of the request that this thread answers; nil for the program's own work.
    @TaskLocal package static var current: RequestBudget?

    /// So many steps of SQLite's machine lie between two looks: about 50 microseconds.
    private static let stepsBetweenLooks: Int32 = 2_000
    /// Nanoseconds between two questions whether the client is there, which is a call into the kernel.
    private static let pauseOfAsking: UInt64 = 5_000_000

    private let limit: UInt64
    private let start = RequestBudget.processorTime()
    private let isWanted: @Sendable () -> Bool
    private let asksAgainAt = Atomic<UInt64>(0)
    private let end = Mutex<BudgetProblem?>(nil)

    /// - Parameters:
    ///   - time: of a processor; the calling thread's time counts.
    ///   - isWanted: whether somebody still waits for the answer.
    package init(_ time: Duration, isWanted: @escaping @Sendable () -> Bool = { true }) {
        let parts = time.components
        self.limit = UInt64(max(0, parts.seconds)) &* 1_000_000_000 &+ UInt64(max(0, parts.attoseconds / 1_000_000_000))
        self.isWanted = isWanted
    }

    /// Answers a request within the budget.
    package func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Self.$current.withValue(self) { try body() }
    }

    /// To be asked between two pieces of work. Cheap.
    ///
    /// - Throws: ``BudgetProblem`` if no more work should be done.
    func check() throws {
        if let problem = self.problem() { throw problem }
    }

    /// Whether half of the budget is left: for work that may answer with less.
    var isHalfLeft: Bool { Self.processorTime() &- self.start < self.limit / 2 }

    /// Why no more work should be done; stays as it was found first.
    func problem() -> BudgetProblem? {
        self.end.withLock { end in
            if let end { return end }
            let spent = Self.processorTime() &- self.start
            if spent > self.limit {
                end = .spent
            } else if spent >= self.asksAgainAt.load(ordering: .relaxed) {
                self.asksAgainAt.store(spent &+ Self.pauseOfAsking, ordering: .relaxed)
                if !self.isWanted() { end = .clientGone }
            }
            return end
        }
    }

    /// Runs statements of a connection that are interrupted when the budget is spent.
    func watch<Result>(_ db: Database, _ body: () throws -> Result) throws -> Result {
        let connection = unsafe db.sqliteConnection
        // The handler goes before this function returns, and with it the last use of the reference.
        unsafe sqlite3_progress_handler(
            connection,
            Self.stepsBetweenLooks,
            { context in
                guard let context = unsafe context else { return 0 }
                let budget = unsafe Unmanaged<RequestBudget>.fromOpaque(context).takeUnretainedValue()
                return budget.problem() == nil ? 0 : 1
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
        defer { unsafe sqlite3_progress_handler(connection, 0, nil, nil) }
        do {
            return try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            throw self.problem() ?? error
        }
    }

    private static func processorTime() -> UInt64 {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return 0 }
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}

/// Why the work for a request was ended before its answer.
package enum BudgetProblem: Error, Sendable {
    case spent
    case clientGone
}
