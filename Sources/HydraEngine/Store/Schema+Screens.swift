/// The tables behind the pages: who may see them, and who is signed in.
extension Schema {
    /// `password` says how it was hashed, and to what. A session is known by the SHA-256 of its token of 32 random bytes;
    /// the token is its owner's alone.
    static let screens = """
        CREATE TABLE administrator (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            password TEXT NOT NULL,
            changedAt INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE screenSessions (
            hash BLOB PRIMARY KEY,
            -- Whose records are shown; null: the first account's.
            account TEXT,
            createdAt INTEGER NOT NULL,
            usedAt INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
