import JSON

/// Turns the bodies of requests into events.
///
/// One per thread, not Sendable: it owns a JSON parser and a decompressor and reuses their memory. What it returns is
/// independent of it.
package final class EventReader {
    private let limits: SegmentLimits
    private let parser: JSONParser
    private let inflater = Inflater()
    private var lastHeader: String?
    private var lastHeaderKey: WriteKey?

    /// A reader with these limits.
    package init(limits: SegmentLimits) {
        self.limits = limits
        parser = JSONParser(maximumBytes: limits.batchBytes)
    }

    /// Reads one request.
    ///
    /// The body may be gzip, deflate or neither, whatever its headers say, and is taken for JSON whatever its type. On every route
    /// that takes a body it may be one event, an envelope with a `batch` array, or a bare array of events; a batch
    /// route takes no single event. Pixels and JSONP are read from the query instead.
    ///
    /// - Parameters:
    ///   - body: the request's body as received.
    ///   - route: what ``Routing/resolve(method:path:hasData:)`` said.
    ///   - facts: the rest of the request.
    ///   - makeMessageId: called once for each event without a messageId.
    /// - Returns: the events, also when there are none; the caller judges the write key.
    /// - Throws: ``EdgeRejection`` when the request as a whole cannot be used.
    package func read(
        _ body: [UInt8],
        route: Route,
        facts: RequestFacts,
        makeMessageId: () -> String
    ) throws(EdgeRejection) -> EventBatch {
        switch route {
        case .metrics, .settings: return EventBatch(isClientSide: route.isClientSide)
        case .pixel, .jsonp:
            guard let query = QueryString(facts.query) else { throw EdgeRejection(.badQuery) }
            let text = try PixelQuery.event(in: query, limits: limits)
            let key = query["writeKey"].flatMap { WriteKey($0) }
            return try batch(
                try parse(text, facts),
                route: route,
                facts: facts,
                queryKey: key,
                makeMessageId: makeMessageId
            )
        case .event, .clientEvent, .batch, .clientBatch, .partner, .webhook:
            let text = try decompressed(body, contentEncoding: facts.contentEncoding)
            let document = try route.isWebhook ? signedDocument(text, facts: facts) : parse(text, facts)
            return try batch(document, route: route, facts: facts, queryKey: nil, makeMessageId: makeMessageId)
        }
    }

    // MARK: Body

    private func decompressed(_ body: [UInt8], contentEncoding: String?) throws(EdgeRejection) -> [UInt8] {
        guard let format = BodyForm.compression(of: body, contentEncoding: contentEncoding) else {
            guard body.count <= limits.batchBytes else { throw EdgeRejection(.bodyTooLarge) }
            return body
        }
        do {
            return try inflater.inflate(body, as: format, limit: limits.batchBytes)
        } catch {
            switch error {
            case .damaged: throw EdgeRejection(format == .gzip ? .badGzip : .badDeflate)
            case .padded(let count):
                throw EdgeRejection(
                    format == .gzip ? .badGzip : .badDeflate,
                    message:
                        "The compressed body is followed by NUL bytes (\(count)). Send it with its own length, without "
                        + "the rest of the buffer."
                )
            case .tooLarge: throw EdgeRejection(.bodyTooLarge)
            case .noMemory: throw EdgeRejection(.outOfMemory)
            }
        }
    }

    private func parse(_ text: [UInt8], _ facts: RequestFacts) throws(EdgeRejection) -> JSONDocument {
        do {
            return try parser.parseTolerantly(text)
        } catch {
            switch error.code {
            case .empty: throw EdgeRejection(.emptyBody)
            case .tooLarge: throw EdgeRejection(.bodyTooLarge)
            case .outOfMemory, .unavailable: throw EdgeRejection(.outOfMemory)
            default:
                let cause = BodyForm.cause(of: text, at: error.offset, contentEncoding: facts.contentEncoding)
                throw EdgeRejection(.notJSON, message: cause ?? "The body is not JSON: \(error.message).")
            }
        }
    }

    /// Checks the signature where the source has a secret.
    private func signedDocument(_ text: [UInt8], facts: RequestFacts) throws(EdgeRejection) -> JSONDocument {
        guard let secret = facts.webhookSecret else { return try parse(text, facts) }
        guard let signature = facts.signature, !signature.isEmpty else { throw EdgeRejection(.signatureMissing) }
        if WebhookSignature.isValid(hex: signature, secret: secret, body: text) { return try parse(text, facts) }
        // Only an array may be signed by a part of it; nothing else is worth parsing for a stranger.
        guard let first = text.first(where: { $0 > 0x20 }), first == UInt8(ascii: "[") else {
            throw EdgeRejection(.signatureInvalid)
        }
        let document = try parse(text, facts)
        guard WebhookSignature.isValid(hex: signature, secret: secret, body: text, document: document) else {
            throw EdgeRejection(.signatureInvalid)
        }
        return document
    }

    // MARK: Events

    private func batch(
        _ document: JSONDocument,
        route: Route,
        facts: RequestFacts,
        queryKey: WriteKey?,
        makeMessageId: () -> String
    ) throws(EdgeRejection) -> EventBatch {
        var batch = EventBatch(writeKey: headerKey(route, facts), isClientSide: route.isClientSide)
        batch.wasRepaired = document.wasRepaired
        var assembly = EventAssembly(limits: limits, route: route, receivedAt: facts.receivedAt)
        let root = document.root
        var bodyKey: WriteKey?
        switch root.kind {
        case .array:
            bodyKey = read(root, with: assembly, into: &batch, makeMessageId: makeMessageId)
        case .object:
            let fields = EventFields(root)
            bodyKey = Self.key(fields)
            if let items = fields.batch, items.isArray {
                assembly.envelope = try Envelope(fields, depth: limits.depth)
                let itemKey = read(items, with: assembly, into: &batch, makeMessageId: makeMessageId)
                bodyKey = bodyKey ?? itemKey
            } else {
                guard route.takesSingleEvent else { throw EdgeRejection(.batchMissing) }
                guard root.range.count <= limits.eventBytes else { throw EdgeRejection(.bodyTooLarge) }
                do {
                    let event = try assembly.event(root, fields: fields, isAlone: true, makeMessageId: makeMessageId)
                    batch.events.append(event)
                } catch {
                    batch.rejected.append(rejection(error, of: root, at: 0))
                }
            }
        case .string, .number, .true, .false, .null: throw EdgeRejection(.bodyNotObject)
        }
        if case .partner = route {
            batch.partnerSettings = PartnerSettings(header: facts.settingsHeader, parser: parser)
        }
        if !route.isFromSegment {
            batch.writeKey = batch.writeKey ?? bodyKey ?? queryKey
            batch.writeKeyHasControlCharacters =
                batch.writeKey == nil
                && (Authorization.parse(facts.authorization) == .controlCharacters
                    || root["writeKey"]?.string?.utf8.contains { $0.isControl } ?? false)
        }
        return batch
    }

    /// Reads the events of an array.
    ///
    /// - Returns: the first write key that an event carries.
    private func read(
        _ items: JSONValue,
        with assembly: EventAssembly,
        into batch: inout EventBatch,
        makeMessageId: () -> String
    ) -> WriteKey? {
        var key: WriteKey?
        var index = 0
        batch.events.reserveCapacity(min(items.count, limits.batchEvents))
        for item in items.elements {
            if index < limits.batchEvents {
                let fields = EventFields(item)
                if key == nil { key = Self.key(fields) }
                do {
                    let event = try assembly.event(item, fields: fields, isAlone: false, makeMessageId: makeMessageId)
                    batch.events.append(event)
                } catch {
                    batch.rejected.append(rejection(error, of: item, at: index))
                }
            } else {
                batch.rejected.append(rejection(.excessItem, of: item, at: index))
            }
            index += 1
        }
        return key
    }

    private func rejection(_ code: ItemRejection.Code, of item: JSONValue, at index: Int) -> ItemRejection {
        ItemRejection(
            code: code,
            message: code.message(limits: limits),
            index: index,
            messageId: MessageIdentifier(item["messageId"])?.text,
            raw: Array(item.raw)
        )
    }

    // MARK: Keys

    private func headerKey(_ route: Route, _ facts: RequestFacts) -> WriteKey? {
        guard !route.isFromSegment, let header = facts.authorization else { return nil }
        // A connection is nearly always one sender's, and its header the same each time.
        if header == lastHeader { return lastHeaderKey }
        lastHeader = header
        lastHeaderKey = nil
        if case .basic(let user) = Authorization.parse(header) { lastHeaderKey = WriteKey(user) }
        return lastHeaderKey
    }

    private static func key(_ fields: borrowing EventFields) -> WriteKey? {
        fields.writeKey?.string.flatMap { WriteKey($0) }
    }
}
