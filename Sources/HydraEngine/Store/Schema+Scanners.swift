/// The tables of scanners, their runs and what they found.
extension Schema {
    /// `subject` is a person's or a company's row, as the scanner's kind has it. `result` is the answer's JSON;
    /// `label` and `score` stand beside it to filter and sort by.
    static let scanners = """
        CREATE TABLE scanners (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account INTEGER NOT NULL,
            key BLOB NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            name ANY NOT NULL,
            isEnabled INTEGER NOT NULL,
            definition BLOB NOT NULL,
            -- Counts the edits, so that two people do not overwrite each other unawares.
            version INTEGER NOT NULL,
            createdAt INTEGER NOT NULL,
            updatedAt INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX scannersByAccount ON scanners (account, id);
        CREATE TABLE scanRuns (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            scanner INTEGER NOT NULL,
            version INTEGER NOT NULL,
            reason TEXT NOT NULL,
            state TEXT NOT NULL,
            -- The last row that was scanned: where to go on after a restart.
            position INTEGER NOT NULL,
            until INTEGER NOT NULL,
            done INTEGER NOT NULL,
            total INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            startedAt INTEGER NOT NULL,
            finishedAt INTEGER,
            usageSet INTEGER
        ) STRICT;
        CREATE INDEX scanRunsByScanner ON scanRuns (scanner, id);
        CREATE INDEX scanRunsOpen ON scanRuns (id) WHERE finishedAt IS NULL;
        CREATE TABLE scanResults (
            scanner INTEGER NOT NULL,
            subject INTEGER NOT NULL,
            label ANY,
            score REAL,
            result BLOB NOT NULL,
            scannedAt INTEGER NOT NULL,
            PRIMARY KEY (scanner, subject)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX scanResultsByLabel ON scanResults (scanner, label, subject);
        """

    /// What is known beyond the traits, as the answers show it, and what has to be looked at again.
    ///
    /// `stale…` rows are written in the transaction that changed the record and go with the transaction that looked at
    /// it; `mark` tells a later change from the one that was looked at. `progress` remembers how far background work
    /// came in the events.
    static let dataPoints = """
        CREATE TABLE personPoints (
            person INTEGER PRIMARY KEY,
            points BLOB NOT NULL
        ) STRICT;
        CREATE TABLE companyPoints (
            company INTEGER PRIMARY KEY,
            points BLOB NOT NULL,
            -- A hash of what scanners of persons may read of the company: when it changes, its persons are looked at.
            facts BLOB NOT NULL
        ) STRICT;
        -- A person's companies in time: from `fromDay` on, the person's use counts for this company.
        CREATE TABLE companySpans (
            person INTEGER NOT NULL,
            fromDay INTEGER NOT NULL,
            untilDay INTEGER NOT NULL,
            company INTEGER NOT NULL,
            PRIMARY KEY (person, fromDay)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX companySpansByCompany ON companySpans (company, person);
        CREATE TABLE stalePersons (
            person INTEGER PRIMARY KEY,
            mark INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE staleCompanies (
            company INTEGER PRIMARY KEY,
            mark INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE progress (
            name TEXT PRIMARY KEY,
            position INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
