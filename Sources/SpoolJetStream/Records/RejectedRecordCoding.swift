internal import Spool

/// A rejected event as a message.
///
/// Stateless.
enum RejectedRecordCoding {
    private static let version: UInt8 = 1

    static func encode(_ event: RejectedEvent) -> [UInt8] {
        let raw = Array(event.raw.prefix(SpoolLimits.rejectedBytes))
        var writer = RecordWriter(reserving: raw.count + 256)
        writer.put(Self.version)
        writer.put(event.source)
        writer.put(event.code)
        writer.put(event.message.cut(at: SpoolLimits.reasonBytes))
        writer.put(UInt8(event.messageId == nil ? 0 : 1))
        writer.put(event.messageId ?? "")
        writer.put(event.traceId)
        writer.put(event.receivedAt)
        writer.put(UInt64(event.raw.count))
        writer.putRest(raw)
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8], id: Int64) -> Decoded<RejectedRecord> {
        Decoded(bytes, version: Self.version) { reader throws(RecordReader.Malformed) in
            let source = try reader.text()
            let code = try reader.text()
            let message = try reader.text()
            let hasMessageId = try reader.byte() == 1
            let messageId = try reader.text()
            let traceId = try reader.text()
            let receivedAt = try reader.int64()
            let rawBytes = Int(clamping: try reader.uint64())
            let event = RejectedEvent(
                source: source,
                code: code,
                message: message,
                messageId: hasMessageId ? messageId : nil,
                traceId: traceId,
                receivedAt: receivedAt,
                raw: reader.rest()
            )
            return RejectedRecord(id: id, event: event, rawBytes: rawBytes)
        }
    }
}
