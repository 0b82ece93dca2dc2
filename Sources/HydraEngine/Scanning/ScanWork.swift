import GRDB

/// The steps of the background's work on records. Each is one read and one short write, done or not done as a whole, so
/// it may end at any moment and goes on where it was.
///
/// The scanning thread's.
struct ScanWork {
    /// Persons or companies of one write.
    static let batch = 200
    /// Events whose persons are gathered at once: few enough that those behind them are not long in coming.
    private static let tail: Int64 = 10_000
    /// Past events that are counted in one write.
    static let pastEvents = 2_000
    /// Between looking at all new events and gathering the next, at least: a busy person is looked at once for all that
    /// it did meanwhile. Whatever else waits goes on.
    static let gathering = Duration.milliseconds(250)
    /// Rows that are cleared in one write.
    static let clearedRows = 5_000

    let store: Store
    let clock: @Sendable () -> Instant
    /// Persons of the events up to `tailEnd` that are still to be looked at.
    private var waiting: [Int64] = []
    private var tailEnd: Int64?
    private var day: UsageDay?
    /// When all new events there were had been gathered.
    private var caughtUp: ContinuousClock.Instant?
    /// The kind whose turn is next.
    private var turn = 0

    /// Until the next new events are gathered; nil where nothing holds them back.
    var pause: Duration? {
        guard let caughtUp else { return nil }
        let rest = caughtUp + self.interval - .now
        return rest > .zero ? rest : nil
    }

    private let interval: Duration

    /// - Parameter interval: ``gathering``, or zero for somebody who waits until all is done.
    init(store: Store, clock: @escaping @Sendable () -> Instant, interval: Duration = .zero) {
        self.store = store
        self.clock = clock
        self.interval = interval
    }

    /// Does the next piece of work. The kinds take turns: however much there is of one, the others go on.
    ///
    /// - Returns: false if there is none, or only new events that wait to be gathered (``pause``).
    mutating func step() throws -> Bool {
        if try self.noteNewDay() { return true }
        for _ in 0..<Self.kinds {
            let kind = self.turn
            self.turn = (self.turn + 1) % Self.kinds
            if try self.step(of: kind) { return true }
        }
        return false
    }

    private static let kinds = 5

    private mutating func step(of kind: Int) throws -> Bool {
        switch kind {
        case 0: try self.lookAtNewEvents()
        case 1: try self.lookAtStalePersons()
        case 2: try self.lookAtStaleCompanies()
        case 3: try self.advanceRun()
        default: try self.clearRetired()
        }
    }

    // MARK: What is new

    /// Looks at the persons of events that arrived since the last time, each once however many events there were.
    private mutating func lookAtNewEvents() throws -> Bool {
        if self.tailEnd == nil, try !self.gatherTail() { return false }
        guard let tailEnd = self.tailEnd else { return false }
        let persons = Array(self.waiting.prefix(Self.batch))
        let findings = try self.examine(persons: persons)
        try self.store.pool.write { db in
            _ = try Self.write(findings, in: db, now: self.clock())
            if persons.count == self.waiting.count {
                try Self.setPosition("scanning", tailEnd, in: db)
            }
        }
        self.waiting.removeFirst(persons.count)
        if self.waiting.isEmpty {
            self.tailEnd = nil
        }
        return true
    }

    /// - Returns: false if nothing is new, or it is too early to ask again.
    private mutating func gatherTail() throws -> Bool {
        guard self.pause == nil else { return false }
        let found = try self.store.pool.read { db -> (persons: [Int64], end: Int64, isLast: Bool)? in
            let position = try Self.position("scanning", in: db)
            let last = try ScannerStore.lastEvent(in: db)
            guard last > position else { return nil }
            let end = min(last, position &+ Self.tail)
            // Whom somebody has just said something about comes before who only did something.
            let statement = try db.cachedStatement(
                sql: "SELECT person FROM events WHERE id > ? AND id <= ? GROUP BY person ORDER BY min(kind), person"
            )
            return (try Int64.fetchAll(statement, arguments: [position, end]), end, end == last)
        }
        guard let found else { return false }
        self.caughtUp = found.isLast ? .now : nil
        self.waiting = found.persons
        self.tailEnd = found.end
        return true
    }

    /// With a new day the windows of conditions on use move.
    private mutating func noteNewDay() throws -> Bool {
        let today = UsageDay(self.clock())
        guard self.day != today else { return false }
        let isNew = try self.store.pool.write { db -> Bool in
            guard try Self.position("scanning day", in: db) != today.number else { return false }
            for account in try Account.all(in: db) {
                let scanners = try ScannerSet(account: account, in: db)
                if scanners.personsReadUsage { try Findings.restalePersons(of: account.id, in: db) }
                if scanners.companiesReadUsage { try Findings.restaleCompanies(of: account.id, in: db) }
            }
            try Self.setPosition("scanning day", today.number, in: db)
            return true
        }
        self.day = today
        return isNew
    }

    private func lookAtStalePersons() throws -> Bool {
        let stale = try self.store.pool.read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT person, mark FROM stalePersons ORDER BY person LIMIT ?"),
                arguments: [Self.batch]
            ).map { (person: $0[0] as Int64, mark: $0[1] as Int64) }
        }
        guard !stale.isEmpty else { return false }
        let findings = try self.examine(persons: stale.map(\.person))
        try self.store.pool.write { db in
            _ = try Self.write(findings, in: db, now: self.clock())
            let statement = try db.cachedStatement(sql: "DELETE FROM stalePersons WHERE person = ? AND mark = ?")
            for (person, mark) in stale { try statement.execute(arguments: [person, mark]) }
        }
        return true
    }

    private func lookAtStaleCompanies() throws -> Bool {
        let stale = try self.store.pool.read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT company, mark FROM staleCompanies ORDER BY company LIMIT ?"),
                arguments: [Self.batch]
            ).map { (company: $0[0] as Int64, mark: $0[1] as Int64) }
        }
        guard !stale.isEmpty else { return false }
        let findings = try self.examine(companies: stale.map(\.company))
        try self.store.pool.write { db in
            _ = try Self.write(findings, in: db, now: self.clock())
            let statement = try db.cachedStatement(sql: "DELETE FROM staleCompanies WHERE company = ? AND mark = ?")
            for (company, mark) in stale { try statement.execute(arguments: [company, mark]) }
        }
        return true
    }

    static func position(_ name: String, in db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT position FROM progress WHERE name = ?"),
            arguments: [name]
        ) ?? 0
    }

    private static func setPosition(_ name: String, _ position: Int64, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO progress (name, position) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET position = excluded.position
                """
        ).execute(arguments: [name, position])
    }
}
