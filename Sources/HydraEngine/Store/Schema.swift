import GRDB

/// The tables, step by step. A step that was released is never edited: what comes next is a new one.
///
/// Texts that come from outside stand in columns of type ANY: as text, or as their bytes where they contain a NUL,
/// which SQLite's text cannot (``SQLText``). Times are milliseconds since 1970. There are no foreign keys: every insert
/// would pay for looking its parents up; ``StoreCheck`` looks for orphans instead.
enum Schema {
    /// `HYDR`, in the file's header: tells our database from others.
    static let applicationID: Int64 = 0x4859_4452

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 accounts") { db in
            try db.execute(sql: self.accounts)
        }
        migrator.registerMigration("1 persons") { db in
            try db.execute(sql: self.persons)
        }
        migrator.registerMigration("1 companies") { db in
            try db.execute(sql: self.companies)
        }
        migrator.registerMigration("1 events") { db in
            try db.execute(sql: self.events)
        }
        migrator.registerMigration("2 usage") { db in
            try db.execute(sql: self.usage)
        }
        migrator.registerMigration("2 scanners") { db in
            try db.execute(sql: self.scanners)
        }
        migrator.registerMigration("2 data points") { db in
            try db.execute(sql: self.dataPoints)
        }
        migrator.registerMigration("2 sources") { db in
            try db.execute(sql: self.sources)
        }
        migrator.registerMigration("3 patterns") { db in
            try db.execute(sql: self.patterns)
        }
        migrator.registerMigration("3 sorted persons") { db in
            try db.execute(sql: self.sortedPersons)
        }
        migrator.registerMigration("3 sourcing") { db in
            try db.execute(sql: self.sourcing)
        }
        migrator.registerMigration("3 screens") { db in
            try db.execute(sql: self.screens)
        }
        migrator.registerMigration("4 stale marks") { db in
            try db.execute(sql: self.staleMarks)
        }
        migrator.registerMigration("5 events of use") { db in
            try db.execute(sql: self.useEvents)
        }
        migrator.registerMigration("5 order of calls") { db in
            try db.execute(sql: self.orderOfCalls)
        }
        migrator.registerMigration("5 clocks") { db in
            try db.execute(sql: self.clockFaults)
            try ClockRepair(db: db, now: .now()).run()
        }
        migrator.registerMigration("5 repairs") { db in
            try db.execute(sql: self.repairs)
        }
        migrator.registerMigration("5 identities") { db in
            try db.execute(sql: self.identities)
        }
        return migrator
    }

    /// What has to be made anew by the rules of this version, which no statement can say: see ``RecordRepair``. A store
    /// without persons needs none.
    private static let repairs = """
        CREATE TABLE repairs (
            name TEXT NOT NULL PRIMARY KEY,
            -- How far it came.
            afterRow INTEGER NOT NULL
        ) STRICT;
        INSERT INTO repairs (name, afterRow) SELECT column1, 0 FROM (VALUES ('persons'), ('companies'))
            WHERE EXISTS (SELECT 1 FROM persons);
        """

    private static let accounts = """
        CREATE TABLE accounts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            salt BLOB NOT NULL,
            createdAt INTEGER NOT NULL
        ) STRICT;
        -- `hash` is the SHA-256 of a key of 32 random bytes. `validUntil` is null while the key is good for ever.
        CREATE TABLE apiKeys (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account INTEGER NOT NULL,
            hash BLOB NOT NULL UNIQUE,
            name TEXT NOT NULL,
            hint TEXT NOT NULL,
            createdAt INTEGER NOT NULL,
            validUntil INTEGER
        ) STRICT;
        """

    /// An identity is one user id or anonymous id; everything that a call says is kept with the identity it came by.
    /// A person is a set of identities. So persons can be joined, and taken apart again when an older call arrives
    /// late, without losing what belonged to whom.
    private static let persons = """
        CREATE TABLE identities (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key BLOB NOT NULL UNIQUE,
            account INTEGER NOT NULL,
            person INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            value ANY NOT NULL,
            -- Of an anonymous id: the user identity it belongs to, and the earliest call that said so.
            owner INTEGER,
            linkedAt INTEGER,
            linkedBy ANY
        ) STRICT;
        CREATE INDEX identitiesByPerson ON identities (person);
        CREATE TABLE traits (
            identity INTEGER NOT NULL,
            name ANY NOT NULL,
            spelling ANY NOT NULL,
            -- JSON text as it was sent; null where the trait was removed.
            value BLOB,
            time INTEGER NOT NULL,
            messageId ANY NOT NULL,
            PRIMARY KEY (identity, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE persons (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account INTEGER NOT NULL,
            -- The key of the user identity, or of the only anonymous one: the public id.
            key BLOB NOT NULL,
            createdAt INTEGER NOT NULL,
            updatedAt INTEGER NOT NULL,
            firstSeenAt INTEGER NOT NULL,
            lastSeenAt INTEGER NOT NULL,
            -- Made from the merged traits, to search by; the e-mail lower-cased.
            company INTEGER,
            email ANY,
            searchText ANY NOT NULL DEFAULT ''
        ) STRICT;
        CREATE INDEX personsByAccount ON persons (account, id);
        CREATE INDEX personsByEmail ON persons (account, email, id) WHERE email IS NOT NULL;
        CREATE INDEX personsByCompany ON persons (company, id) WHERE company IS NOT NULL;
        """

    /// What persons are sorted by when they are sorted by name, lower-cased. Persons from before have their e-mail there
    /// until their next identify.
    private static let sortedPersons = """
        ALTER TABLE persons ADD COLUMN sortName ANY NOT NULL DEFAULT '';
        UPDATE persons SET sortName = email WHERE email IS NOT NULL;
        CREATE INDEX personsByName ON persons (account, sortName, id);
        """

    private static let companies = """
        CREATE TABLE companies (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account INTEGER NOT NULL,
            key BLOB NOT NULL UNIQUE,
            kind INTEGER NOT NULL,
            value ANY NOT NULL,
            createdAt INTEGER NOT NULL,
            updatedAt INTEGER NOT NULL,
            -- Made from the merged traits, to show and to search by.
            name ANY,
            domain TEXT,
            searchText ANY NOT NULL DEFAULT ''
        ) STRICT;
        CREATE INDEX companiesByAccount ON companies (account, id);
        CREATE INDEX companiesByDomain ON companies (account, domain, id) WHERE domain IS NOT NULL;
        -- `identity` is who said it: what a person said goes when the person is erased.
        CREATE TABLE companyTraits (
            company INTEGER NOT NULL,
            name ANY NOT NULL,
            spelling ANY NOT NULL,
            value BLOB,
            time INTEGER NOT NULL,
            messageId ANY NOT NULL,
            identity INTEGER NOT NULL,
            PRIMARY KEY (company, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX companyTraitsByIdentity ON companyTraits (identity);
        -- Which companies an identity ever named, from its first to its last call that did.
        CREATE TABLE memberships (
            identity INTEGER NOT NULL,
            company INTEGER NOT NULL,
            firstAt INTEGER NOT NULL,
            lastAt INTEGER NOT NULL,
            PRIMARY KEY (identity, company)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX membershipsByCompany ON memberships (company);
        """

    /// Every call, in the order of arrival. `messageHash` finds repeats; `id` only grows, so that background work can
    /// remember how far it came.
    private static let events = """
        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account INTEGER NOT NULL,
            person INTEGER NOT NULL,
            identity INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            messageHash INTEGER NOT NULL,
            messageId ANY NOT NULL,
            timestamp INTEGER NOT NULL,
            receivedAt INTEGER NOT NULL,
            source ANY,
            -- Null for an identify.
            event ANY,
            feature ANY,
            eventFlag INTEGER,
            body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX eventsByMessage ON events (messageHash);
        CREATE INDEX eventsByPerson ON events (person, kind, timestamp, id);
        """
}
