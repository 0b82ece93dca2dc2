import Hydra
import HydraLimits
import JSON

/// Reads calls out of request bodies and judges them.
///
/// Strict where the contract is: a call that it does not allow is answered so, instead of being kept half understood.
/// Holds nothing but the request's facts: any thread.
struct CallReader {
    let account: Account
    /// When the request arrived.
    let arrivedAt: Instant
    /// The request's `Idempotency-Key`, which stands in for a single call's missing message id.
    let idempotencyKey: String?
    /// Numbers calls that come without a number.
    let sequence: CallSequence
    /// Which ids the account takes for nobody's.
    let nobody: NobodyRule

    /// The one call of `/v1/identify` and `/v1/track`.
    func single(_ document: JSONDocument, kind: CallKind) throws(CallProblem) -> IncomingCall {
        let root = document.root
        guard root.kind == .object else {
            throw CallProblem(.notAnObject, "The body must be one JSON object: the call.")
        }
        if let type = root["type"], type.string != kind.name {
            throw CallProblem(.typeInvalid, "`type` must be `\(kind.name)` under this path, or absent.")
        }
        return try self.call(root, kind: kind, body: document.bytes, fallbackID: self.idempotencyKey)
    }

    /// The elements of a batch's `batch`; each is judged by ``element(_:)``.
    func elements(_ document: JSONDocument) throws(CallProblem) -> JSONElements {
        let root = document.root
        guard root.kind == .object, let batch = root["batch"], batch.kind == .array else {
            throw CallProblem(.batchInvalid, "The body must be a JSON object with the calls in `batch`, an array.")
        }
        guard (1...CallLimits.batchCalls).contains(batch.count) else {
            throw CallProblem(.batchInvalid, "`batch` must have 1 to \(CallLimits.batchCalls) calls.")
        }
        return batch.elements
    }

    /// One call of a batch.
    func element(_ value: JSONValue) throws(CallProblem) -> IncomingCall {
        guard value.kind == .object else {
            throw CallProblem(.notAnObject, "A call must be a JSON object.")
        }
        guard value.range.count <= CallLimits.callBytes else {
            throw CallProblem(.callTooLarge, "A call may have \(CallLimits.callBytes) bytes.")
        }
        guard let kind = value["type"]?.string.flatMap({ CallKind(name: $0) }) else {
            throw CallProblem(.typeInvalid, "A call in a batch needs `type`: `identify` or `track`.")
        }
        return try self.call(value, kind: kind, body: Array(value.raw), fallbackID: nil)
    }

    private func call(
        _ value: JSONValue,
        kind: CallKind,
        body: [UInt8],
        fallbackID: String?
    ) throws(CallProblem) -> IncomingCall {
        guard value.height <= CallLimits.depth else {
            throw CallProblem(.tooDeep, "A call may be nested \(CallLimits.depth) deep.")
        }
        let messageId = try self.messageId(value, fallback: fallbackID)
        var ignored: [IncomingCall.IgnoredID] = []
        let user = try self.subject(value["userId"], kind: .user, name: "userId", &ignored)
        let anonymous = try self.subject(value["anonymousId"], kind: .anonymous, name: "anonymousId", &ignored)
        guard user != nil || anonymous != nil || !ignored.isEmpty else {
            throw CallProblem(.noIdentity, "A call needs a `userId` or an `anonymousId`, a string that is not empty.")
        }
        _ = try self.object(value["context"], name: "context")
        let source = try self.string(value["source"], name: "source")
        let times = CallTimes(
            timestamp: try self.time(value["timestamp"], name: "timestamp"),
            original: value["originalTimestamp"],
            sentAt: value["sentAt"],
            receivedAt: try self.time(value["receivedAt"], name: "receivedAt"),
            arrivedAt: self.arrivedAt
        )
        let sequence = try self.number(value["sequence"])
        let traits = kind == .identify ? try self.object(value["traits"], name: "traits") : nil
        if let traits, traits.count > EngineLimits.traits {
            throw CallProblem(.memberInvalid, "`traits` may have \(EngineLimits.traits) members.")
        }
        return IncomingCall(
            account: self.account,
            kind: kind,
            messageId: messageId,
            messageHash: Int64(
                bitPattern: RecordKey(salt: self.account.salt, kind: .message, value: messageId).high
            ),
            user: user,
            anonymous: anonymous,
            ignored: ignored,
            timestamp: times.timestamp,
            receivedAt: times.receivedAt,
            sequence: sequence ?? self.sequence.next(),
            clockFault: times.fault,
            arrivedAt: self.arrivedAt,
            source: source,
            body: body,
            use: kind == .track ? try self.use(value) : nil,
            traits: traits.map { TraitUpdate.list($0) } ?? [],
            company: traits.flatMap { CompanyReference(traits: $0) }
        )
    }

    private func messageId(_ value: JSONValue, fallback: String?) throws(CallProblem) -> String {
        guard let member = value["messageId"] else {
            guard let fallback, !fallback.isEmpty else {
                throw CallProblem(
                    .messageIDMissing,
                    "A call needs a `messageId`; a single one may have it in `Idempotency-Key`."
                )
            }
            return try self.checked(messageId: fallback)
        }
        guard let text = member.string, !text.isEmpty else {
            throw CallProblem(.messageIDInvalid, "`messageId` must be a string that is not empty.")
        }
        return try self.checked(messageId: text)
    }

    private func checked(messageId: String) throws(CallProblem) -> String {
        guard Self.isShort(messageId) else {
            throw CallProblem(
                .messageIDInvalid,
                "`messageId` may have \(CallLimits.identifierCharacters) characters."
            )
        }
        return messageId
    }

    /// An absent, null or empty id is none, and so is one that stands for nobody; the latter is noted.
    private func subject(
        _ member: JSONValue?,
        kind: RecordKey.Kind,
        name: StaticString,
        _ ignored: inout [IncomingCall.IgnoredID]
    ) throws(CallProblem) -> IncomingCall.Subject? {
        guard let member, member.kind != .null else { return nil }
        guard let text = member.string else {
            throw CallProblem(.identityInvalid, "`\(name)` must be a string or null.")
        }
        guard !text.isEmpty else { return nil }
        guard Self.isShort(text) else {
            throw CallProblem(
                .identityInvalid,
                "`\(name)` may have \(CallLimits.identifierCharacters) characters."
            )
        }
        guard !self.nobody.holds(text) else {
            ignored.append(IncomingCall.IgnoredID(kind: kind, value: text))
            return nil
        }
        return IncomingCall.Subject(
            key: RecordKey(salt: self.account.salt, kind: kind, value: text),
            value: text
        )
    }

    private static func isShort(_ text: String) -> Bool {
        text.utf8.count <= CallLimits.identifierCharacters
            || text.unicodeScalars.count <= CallLimits.identifierCharacters
    }

    private func use(_ value: JSONValue) throws(CallProblem) -> IncomingCall.Use {
        guard let event = value["event"] else {
            throw CallProblem(.eventMissing, "A track needs the name of the event in `event`.")
        }
        guard let name = event.string, !name.isEmpty else {
            throw CallProblem(.eventMissing, "`event` must be a string that is not empty.")
        }
        let properties = try self.object(value["properties"], name: "properties")
        let flag: EventFlag
        if let member = value["eventFlag"] {
            guard let text = member.string, EventFlag.isWord(text) else {
                throw CallProblem(.memberInvalid, "`eventFlag` must be `negative`, `neutral` or `positive`.")
            }
            flag = EventFlag(name: text)
        } else {
            flag = EventFlag(name: properties?["eventFlag"]?.string ?? "")
        }
        return IncomingCall.Use(
            event: name,
            feature: self.feature(value["feature"] ?? properties?["feature"]),
            flag: flag
        )
    }

    /// A string, a number or a boolean names a feature.
    private func feature(_ value: JSONValue?) -> String? {
        switch value?.kind {
        case .string: value?.string
        case .number, .true, .false: value?.rawString
        case .object, .array, .null, nil: nil
        }
    }

    private func object(_ member: JSONValue?, name: StaticString) throws(CallProblem) -> JSONValue? {
        guard let member else { return nil }
        guard member.kind == .object else {
            throw CallProblem(.memberInvalid, "`\(name)` must be a JSON object, or absent.")
        }
        return member
    }

    private func string(_ member: JSONValue?, name: StaticString) throws(CallProblem) -> String? {
        guard let member else { return nil }
        guard let text = member.string else {
            throw CallProblem(.memberInvalid, "`\(name)` must be a string, or absent.")
        }
        return text
    }

    private func number(_ member: JSONValue?) throws(CallProblem) -> Int64? {
        guard let member else { return nil }
        guard let number = member.int64, (0...CallSequence.maximum).contains(number) else {
            throw CallProblem(
                .memberInvalid,
                "`sequence` must be a whole number from 0 to \(CallSequence.maximum), or absent."
            )
        }
        return number
    }

    private func time(_ member: JSONValue?, name: StaticString) throws(CallProblem) -> Instant? {
        guard let member else { return nil }
        guard let time = member.string.flatMap({ Instant(parsing: $0) }) else {
            throw CallProblem(.timeInvalid, "`\(name)` must be a time such as `2026-01-02T03:04:05.678Z`, or absent.")
        }
        return time
    }
}

extension EventFlag {
    /// Whether a text is one of the three words, whatever its ASCII case.
    fileprivate static func isWord(_ text: String) -> Bool {
        let flag = EventFlag(name: text)
        return flag != .neutral || text.lowercased() == EventFlag.neutral.rawValue
    }
}
