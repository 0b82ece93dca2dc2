/// The tables of product usage.
extension Schema {
    /// Counts of tracked events by identity, so that nothing moves when an anonymous past is joined to a person: a
    /// person's use is that of all its identities. A `usageSet` is one count from the beginning; taking in the past
    /// anew makes a new set, and the old one is cleared in the background.
    ///
    /// `day` is whole UTC days since 1970, of the event's own time: late events land where they belong. Weights are
    /// applied when somebody asks.
    static let usage = """
        CREATE TABLE features (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account INTEGER NOT NULL,
            name ANY NOT NULL,
            -- How many rows of `usage` are about it: at 0 nobody uses it any more, and erasing takes its name along.
            rows INTEGER NOT NULL DEFAULT 0,
            UNIQUE (account, name)
        ) STRICT;
        CREATE TABLE usageSets (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account INTEGER NOT NULL,
            scanner INTEGER NOT NULL,
            -- Events with a greater id are counted as they arrive while `isOpen`.
            sinceEvent INTEGER NOT NULL,
            isOpen INTEGER NOT NULL,
            -- No longer anybody's: its counts are being cleared.
            isRetired INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX usageSetsByAccount ON usageSets (account);
        CREATE TABLE usage (
            usageSet INTEGER NOT NULL,
            identity INTEGER NOT NULL,
            day INTEGER NOT NULL,
            feature INTEGER NOT NULL,
            negative INTEGER NOT NULL,
            neutral INTEGER NOT NULL,
            positive INTEGER NOT NULL,
            PRIMARY KEY (usageSet, identity, day, feature)
        ) STRICT, WITHOUT ROWID;
        """

    /// An account's events that tell of use: to take in its past, and to find what is new of it, without walking over
    /// the events of all others.
    static let useEvents = """
        CREATE INDEX eventsOfUse ON events (account, id) WHERE kind = 2 AND feature IS NOT NULL
        """
}
