internal import Spool

/// A dead letter as a message.
///
/// Stateless.
enum DeadRecord {
    private static let version: UInt8 = 1

    static func encode(_ letter: DeadLetter) -> [UInt8] {
        var writer = RecordWriter(reserving: letter.call.body.count + 256)
        writer.put(Self.version)
        writer.put(letter.id)
        writer.put(Int64(letter.call.attempts))
        writer.put(letter.call.firstAttemptAt ?? .min)
        writer.put(letter.reason.code)
        writer.put(letter.reason.status.map(Int64.init) ?? .min)
        writer.put(letter.reason.message.cut(at: SpoolLimits.reasonBytes))
        writer.put(letter.reason.answer.cut(at: SpoolLimits.reasonBytes))
        writer.put(Int64(letter.reason.attempts))
        writer.put(letter.reason.at)
        writer.putRest(CallRecord.encode(letter.call))
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) -> Decoded<DeadLetter> {
        var neededVersion: UInt8?
        let letter = Decoded(bytes, version: Self.version) { reader throws(RecordReader.Malformed) -> DeadLetter? in
            let id = try reader.int64()
            let attempts = try reader.int()
            let firstAttemptAt = try reader.int64()
            let code = try reader.text()
            let status = try reader.int64()
            let message = try reader.text()
            let answer = try reader.text()
            let reasonAttempts = try reader.int()
            let at = try reader.int64()
            let call = CallRecord.decode(reader.rest(), id: id)
            neededVersion = call.neededVersion
            return call.record.map { call in
                DeadLetter(
                    call: call.with(
                        attempts: attempts,
                        firstAttemptAt: firstAttemptAt == .min ? nil : firstAttemptAt,
                        notBefore: 0
                    ),
                    reason: DeadReason(
                        code: code,
                        status: status == .min ? nil : Int(clamping: status),
                        message: message,
                        answer: answer,
                        attempts: reasonAttempts,
                        at: at
                    )
                )
            }
        }
        return neededVersion.map { .newer(version: $0) } ?? letter
    }
}

extension StoredCall {
    /// The same call at another point of its way.
    func with(attempts: Int, firstAttemptAt: Int64?, notBefore: Int64) -> StoredCall {
        StoredCall(
            id: self.id,
            source: self.source,
            kind: self.kind,
            lane: self.lane,
            messageId: self.messageId,
            traceId: self.traceId,
            receivedAt: self.receivedAt,
            body: self.body,
            attempts: attempts,
            firstAttemptAt: firstAttemptAt,
            notBefore: notBefore
        )
    }

    var withoutBody: StoredCall {
        StoredCall(
            id: self.id,
            source: self.source,
            kind: self.kind,
            lane: self.lane,
            messageId: self.messageId,
            traceId: self.traceId,
            receivedAt: self.receivedAt,
            body: [],
            attempts: self.attempts,
            firstAttemptAt: self.firstAttemptAt,
            notBefore: self.notBefore
        )
    }
}

extension String {
    /// The beginning of the text, of at most so many bytes, cut between characters.
    func cut(at bytes: Int) -> String {
        guard self.utf8.count > bytes else { return self }
        var end = self.utf8.index(self.utf8.startIndex, offsetBy: bytes)
        while end > self.utf8.startIndex, end.samePosition(in: self.unicodeScalars) == nil {
            end = self.utf8.index(before: end)
        }
        return String(self[..<end])
    }
}
