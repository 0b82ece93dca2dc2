import GRDB

/// How stamps stand in tables: the columns `time`, `receivedAt`, `sequence` and `messageId`, compared in this order.
extension Stamp {
    /// From four columns in a row.
    init(_ row: Row, at index: Int) {
        self.init(
            time: Instant(milliseconds: row[index]),
            receivedAt: Instant(milliseconds: row[index + 1]),
            sequence: row[index + 2],
            messageId: SQLText.read(row, index + 3) ?? ""
        )
    }
}
