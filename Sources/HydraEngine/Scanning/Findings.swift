import GRDB

/// What the background has found out about records, beside what callers said: data points, results of scanners, the
/// companies of a person in time.
///
/// The functions run inside the transaction that changes the record.
enum Findings {
    /// Takes away everything derived from a person.
    static func forget(person: Int64, account: Int64, in db: Database) throws {
        try self.execute("DELETE FROM personPoints WHERE person = ?", [person], db)
        try self.execute("DELETE FROM companySpans WHERE person = ?", [person], db)
        try self.execute("DELETE FROM stalePersons WHERE person = ?", [person], db)
        try PatternStore.forget(.person, person, in: db)
        try PatternStore(db: db, account: account).makeStale()
        try self.execute(
            """
            DELETE FROM scanResults WHERE subject = ?
                AND scanner IN (SELECT id FROM scanners WHERE account = ? AND kind IN ('role', 'persona'))
            """,
            [person, account],
            db
        )
    }

    /// Takes away everything derived from a company.
    static func forget(company: Int64, in db: Database) throws {
        try self.execute("DELETE FROM companyPoints WHERE company = ?", [company], db)
        try self.execute("DELETE FROM companySpans WHERE company = ?", [company], db)
        try self.execute("DELETE FROM staleCompanies WHERE company = ?", [company], db)
        try PatternStore.forget(.company, company, in: db)
        try self.execute(
            """
            DELETE FROM scanResults WHERE subject = ?
                AND scanner IN (SELECT id FROM scanners WHERE kind = 'ideal_customer_profile')
            """,
            [company],
            db
        )
    }

    /// Has the background look at a person again.
    static func makeStale(person: Int64, in db: Database) throws {
        try self.execute(
            """
            INSERT INTO stalePersons (person, mark) VALUES (?, 1) ON CONFLICT (person) DO UPDATE SET mark = mark + 1
            """,
            [person],
            db
        )
    }

    /// Has the background look at a company again.
    static func makeStale(company: Int64, in db: Database) throws {
        try self.execute(
            """
            INSERT INTO staleCompanies (company, mark) VALUES (?, 1) ON CONFLICT (company) DO UPDATE SET mark = mark + 1
            """,
            [company],
            db
        )
    }

    /// Has the background look at all persons of an account again.
    static func restalePersons(of account: Int64, in db: Database) throws {
        try self.execute(
            """
            INSERT INTO stalePersons (person, mark) SELECT id, 1 FROM persons WHERE account = ? AND true
            ON CONFLICT (person) DO UPDATE SET mark = mark + 1
            """,
            [account],
            db
        )
    }

    /// Has the background look at all companies of an account again.
    static func restaleCompanies(of account: Int64, in db: Database) throws {
        try self.execute(
            """
            INSERT INTO staleCompanies (company, mark) SELECT id, 1 FROM companies WHERE account = ? AND true
            ON CONFLICT (company) DO UPDATE SET mark = mark + 1
            """,
            [account],
            db
        )
    }

    /// Has the background look at all persons of a company again.
    static func restalePersons(ofCompany company: Int64, in db: Database) throws {
        try self.execute(
            """
            INSERT INTO stalePersons (person, mark) SELECT id, 1 FROM persons WHERE company = ? AND true
            ON CONFLICT (person) DO UPDATE SET mark = mark + 1
            """,
            [company],
            db
        )
    }

    private static func execute(_ sql: String, _ arguments: StatementArguments, _ db: Database) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
