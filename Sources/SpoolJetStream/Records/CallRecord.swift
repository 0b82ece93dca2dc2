internal import Spool

/// A call as a message of a call stream: what is known about it stands before its body.
///
/// Stateless.
enum CallRecord {
    /// No text begins like this: what somebody publishes by hand is not taken for a call.
    private static let mark: [UInt8] = [0x89, 0x48]
    private static let version: UInt8 = 1

    static func encode(
        source: String,
        kind: UInt8,
        lane: Int64,
        messageId: String,
        traceId: String,
        receivedAt: Int64,
        body: [UInt8]
    ) -> [UInt8] {
        var writer = RecordWriter(
            reserving: body.count + source.utf8.count + messageId.utf8.count + traceId.utf8.count + 32
        )
        writer.putRest(Self.mark)
        writer.put(Self.version)
        writer.put(kind)
        writer.put(lane)
        writer.put(receivedAt)
        writer.put(source)
        writer.put(messageId)
        writer.put(traceId)
        writer.putRest(body)
        return writer.bytes
    }

    static func encode(_ call: NewCall) -> [UInt8] {
        Self.encode(
            source: call.source,
            kind: call.kind,
            lane: call.lane,
            messageId: call.messageId,
            traceId: call.traceId,
            receivedAt: call.receivedAt,
            body: call.body
        )
    }

    static func encode(_ call: StoredCall) -> [UInt8] {
        Self.encode(
            source: call.source,
            kind: call.kind,
            lane: call.lane,
            messageId: call.messageId,
            traceId: call.traceId,
            receivedAt: call.receivedAt,
            body: call.body
        )
    }

    static func decode(_ bytes: [UInt8], id: Int64) -> Decoded<StoredCall> {
        guard bytes.starts(with: Self.mark) else { return .foreign }
        return Decoded(Array(bytes.dropFirst(Self.mark.count)), version: Self.version) {
            reader throws(RecordReader.Malformed) in
            let kind = try reader.byte()
            let lane = try reader.int64()
            let receivedAt = try reader.int64()
            let source = try reader.text()
            let messageId = try reader.text()
            let traceId = try reader.text()
            return StoredCall(
                id: id,
                source: source,
                kind: kind,
                lane: lane,
                messageId: messageId,
                traceId: traceId,
                receivedAt: receivedAt,
                body: reader.rest()
            )
        }
    }
}
