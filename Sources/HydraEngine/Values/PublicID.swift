/// The ids that callers see: a prefix that says what it is, and the record's key.
enum PublicID {
    static func person(_ key: RecordKey) -> String { "p_" + Base32.encode(key.bytes) }
    static func company(_ key: RecordKey) -> String { "c_" + Base32.encode(key.bytes) }

    static func scanner(_ key: RecordKey) -> String { "s_" + Base32.encode(key.bytes) }

    static func scanRun(_ key: RecordKey) -> String { "r_" + Base32.encode(key.bytes) }

    static func apiKey(_ key: RecordKey) -> String { "k_" + Base32.encode(key.bytes) }

    static func scannerKey(_ id: String) -> RecordKey? { self.key(id, prefix: "s_") }
    static func personKey(_ id: String) -> RecordKey? { self.key(id, prefix: "p_") }
    static func companyKey(_ id: String) -> RecordKey? { self.key(id, prefix: "c_") }

    private static func key(_ id: String, prefix: String) -> RecordKey? {
        guard id.hasPrefix(prefix), id.utf8.count == prefix.utf8.count + 26 else { return nil }
        return Base32.decode(id.dropFirst(prefix.count)).flatMap { RecordKey(bytes: $0) }
    }
}
