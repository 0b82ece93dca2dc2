/// The tables behind the settings.
extension Schema {
    /// What each connected source sent: calls that were taken, without repeats.
    static let sources = """
        CREATE TABLE sources (
            account INTEGER NOT NULL,
            name ANY NOT NULL,
            firstAt INTEGER NOT NULL,
            lastAt INTEGER NOT NULL,
            identifies INTEGER NOT NULL,
            tracks INTEGER NOT NULL,
            PRIMARY KEY (account, name)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO sources (account, name, firstAt, lastAt, identifies, tracks)
            SELECT account, source, min(receivedAt), max(receivedAt), sum(kind = 1), sum(kind = 2) FROM events
            WHERE source IS NOT NULL GROUP BY account, source;
        """
}
