/// The tables of the patterns.
extension Schema {
    /// `useHistory` is what the miner remembers of each identity's days, so that a pass reads only what is new; it can
    /// be made anew from `usage`. `patterns.subject` is a person's or a company's row, or the account's own number.
    static let patterns = """
        CREATE TABLE useHistory (
            usageSet INTEGER NOT NULL,
            identity INTEGER NOT NULL,
            history BLOB NOT NULL,
            PRIMARY KEY (usageSet, identity)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE patterns (
            id INTEGER PRIMARY KEY,
            account INTEGER NOT NULL,
            subjectKind INTEGER NOT NULL,
            subject INTEGER NOT NULL,
            kind TEXT NOT NULL,
            -- 0 where there is none.
            feature INTEGER NOT NULL,
            secondFeature INTEGER NOT NULL,
            since INTEGER NOT NULL,
            -- The day of the first pass that found it.
            foundOn INTEGER NOT NULL,
            -- The bound of the effect that is nearer to none, as a multiple: to show the strongest first.
            strength REAL NOT NULL,
            evidence BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX patternsBySubject ON patterns
            (subjectKind, subject, kind, feature, secondFeature);
        CREATE INDEX patternsByKind ON patterns (account, subjectKind, kind, subject);
        -- Of persons and companies alike: use of the last days, and how it compares, to filter and sort lists by.
        CREATE TABLE useTrends (
            account INTEGER NOT NULL,
            subjectKind INTEGER NOT NULL,
            subject INTEGER NOT NULL,
            direction TEXT NOT NULL,
            uses INTEGER NOT NULL,
            PRIMARY KEY (subjectKind, subject)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX useTrendsByAccount ON useTrends (account, subjectKind, direction, subject);
        CREATE TABLE patternPasses (
            account INTEGER PRIMARY KEY,
            usageSet INTEGER NOT NULL,
            -- The usage scanner's.
            version INTEGER NOT NULL,
            -- The last event whose day is in `useHistory`.
            event INTEGER NOT NULL,
            -- The last whole day that was looked at; null where there was none.
            asOf INTEGER,
            minedAt INTEGER NOT NULL,
            milliseconds INTEGER NOT NULL,
            persons INTEGER NOT NULL,
            missing BLOB NOT NULL,
            -- Something beyond new events changed: somebody was erased or joined.
            isStale INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        """

    /// How often something beyond new events changed since the pass began, instead of whether it did: what changes while
    /// a pass is under way is told from what it has taken in.
    static let staleMarks = "ALTER TABLE patternPasses RENAME COLUMN isStale TO staleMarks"
}
