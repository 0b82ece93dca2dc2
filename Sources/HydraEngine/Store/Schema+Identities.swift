/// The tables about ids that are nobody's, or too many people's.
extension Schema {
    /// `ignoredIds.member` and `sharedIdentities.kind` are a ``RecordKey/Kind``; `value` is '' for all values beyond those
    /// that are counted apart. `deviceUsers` are the users of a device beside its owner. An identity that is shared is
    /// joined no further.
    static let identities = """
        CREATE TABLE identityRules (
            account INTEGER PRIMARY KEY,
            blocked BLOB NOT NULL,
            allowed BLOB NOT NULL,
            usersPerDevice INTEGER NOT NULL,
            devicesPerWeek INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE ignoredIds (
            account INTEGER NOT NULL,
            source ANY NOT NULL,
            member INTEGER NOT NULL,
            value ANY NOT NULL,
            calls INTEGER NOT NULL,
            firstAt INTEGER NOT NULL,
            lastAt INTEGER NOT NULL,
            PRIMARY KEY (account, source, member, value)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE deviceUsers (
            device INTEGER NOT NULL,
            user INTEGER NOT NULL,
            PRIMARY KEY (device, user)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX deviceUsersByUser ON deviceUsers (user);
        CREATE TABLE sharedIdentities (
            identity INTEGER PRIMARY KEY,
            account INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            -- Users of a device; devices that were not joined to a user any more.
            others INTEGER NOT NULL,
            firstAt INTEGER NOT NULL,
            lastAt INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX sharedIdentitiesByAccount ON sharedIdentities (account, identity);
        CREATE INDEX identitiesByOwner ON identities (owner, linkedAt) WHERE owner IS NOT NULL;
        """
}
