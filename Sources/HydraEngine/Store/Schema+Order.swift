/// What orders calls that happened at the same time, and what was wrong with their clocks.
extension Schema {
    /// See ``Stamp``. Of what was kept before only the time and the message id are known: it is older than what comes now.
    static let orderOfCalls = """
        ALTER TABLE events ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE traits ADD COLUMN receivedAt INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE traits ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE companyTraits ADD COLUMN receivedAt INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE companyTraits ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE identities ADD COLUMN linkedReceivedAt INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE identities ADD COLUMN linkedSequence INTEGER NOT NULL DEFAULT 0;
        """

    /// See ``ClockFault``: calls of each source.
    static let clockFaults = """
        ALTER TABLE sources ADD COLUMN timesAhead INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE sources ADD COLUMN timesUnset INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE sources ADD COLUMN sentAtsIgnored INTEGER NOT NULL DEFAULT 0;
        """
}
