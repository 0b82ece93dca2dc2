/// The tables of what the network says about companies.
extension Schema {
    /// A row of `sourcedDomains` is a domain in one source: first a place in the queue, then what was found as well. It is
    /// there while a company has the domain, and asked again from `expiresAt` on, if an account with that company has the
    /// source switched on. What the network says is the same for all accounts; whether it is shown is each one's setting.
    static let sourcing = """
        CREATE TABLE sourcingSettings (
            account INTEGER PRIMARY KEY,
            dns INTEGER NOT NULL,
            homePage INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE sourcedDomains (
            domain TEXT NOT NULL,
            source TEXT NOT NULL,
            -- Data points as the answers show them, from `fetchedAt`; null until the source said something.
            points BLOB,
            fetchedAt INTEGER,
            expiresAt INTEGER NOT NULL,
            triedAt INTEGER,
            -- Of the attempts since the last one that succeeded, and why the last of them failed.
            failures INTEGER NOT NULL DEFAULT 0,
            error TEXT,
            PRIMARY KEY (domain, source)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sourcedDomainsDue ON sourcedDomains (expiresAt, domain);
        CREATE INDEX companiesByDomainAlone ON companies (domain) WHERE domain IS NOT NULL;
        """
}
