/// A JSON parser that checks the whole text and keeps the place of every value.
///
/// Two passes: simdjson's SIMD pass over the bytes (``TokenIndex``), then one of ours over the tokens (``JSONGrammar``). Nothing
/// is recursive, so depth is bounded only by the size of the text; no number is converted, so every spelling survives.
///
/// Reuses its buffers and is therefore used by one thread at a time: make one for each thread. The documents it makes are
/// independent of it and may go anywhere.
package final class JSONParser {
    /// The largest text that is accepted unless the caller says otherwise: 16 MiB, far above any batch a client may send.
    package static let defaultMaximumBytes = 16 << 20

    /// Offsets are kept as 32 bits.
    private static let addressableBytes = Int(UInt32.max) - 1

    /// A node buffer larger than this many nodes (1.25 MiB) is handed over to its document instead of being copied and kept.
    private static let retainedNodes = 1 << 16

    /// The largest text that is accepted, in bytes.
    package let maximumBytes: Int

    private let index = TokenIndex()
    private var nodes: [JSONNode] = []

    /// Makes a parser for texts of up to `maximumBytes` (at most 4 GiB − 2).
    package init(maximumBytes: Int = JSONParser.defaultMaximumBytes) {
        self.maximumBytes = min(max(maximumBytes, 0), Self.addressableBytes)
    }

    /// Parses one JSON text by the letter of RFC 8259.
    ///
    /// Everything is checked before this returns: UTF-8, grammar, escapes with their surrogate pairs, and that nothing stands
    /// behind the value. A byte order mark is an error. The bytes are not copied into the document but shared with it; an array
    /// with 64 bytes of spare capacity also saves the parser its own copy.
    package func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONDocument {
        try parse(bytes, wasRepaired: false)
    }

    /// Parses strictly, and only if that fails once more with the damage repaired that real clients are known to do.
    ///
    /// Repaired are: a byte order mark in front (skipped), the tokens `NaN`, `Infinity` and `-Infinity` (null), and escaped
    /// surrogates without a partner (`\ufffd`). All else stays an error, whose offset refers to the bytes given here.
    package func parseTolerantly(_ bytes: [UInt8]) throws(JSONError) -> JSONDocument {
        let failure: JSONError
        do {
            return try parse(bytes, wasRepaired: false)
        } catch {
            failure = error
        }
        guard failure.code.mayBeRepaired, let repair = JSONRepair(of: bytes) else { throw failure }
        do {
            return try parse(repair.bytes, wasRepaired: true)
        } catch {
            throw repair.translate(error)
        }
    }

    private func parse(_ bytes: [UInt8], wasRepaired: Bool) throws(JSONError) -> JSONDocument {
        guard bytes.count <= maximumBytes else { throw JSONError(.tooLarge, at: maximumBytes) }
        let count = try index.withTokens(of: bytes) { text, tokens throws(JSONError) in
            // Every node begins at a token, so there are never more nodes than tokens.
            if nodes.count < tokens.count {
                let roomy = min(tokens.count * 2, Self.retainedNodes)
                nodes = Array(repeating: JSONNode.blank, count: max(tokens.count, roomy))
            }
            return try JSONGrammar.check(text, tokens: tokens, into: &nodes)
        }
        return JSONDocument(bytes: bytes, nodes: takeNodes(count), wasRepaired: wasRepaired)
    }

    /// The first `count` nodes as an array of their own.
    private func takeNodes(_ count: Int) -> [JSONNode] {
        if nodes.count <= Self.retainedNodes {
            return Array(nodes[..<count])
        }
        var taken = nodes
        nodes = []
        taken.removeLast(taken.count - count)
        return taken
    }
}

extension JSONError.Code {
    /// Whether the damage that ``JSONRepair`` knows can have led to this error.
    fileprivate var mayBeRepaired: Bool {
        switch self {
        case .empty, .tooLarge, .invalidUTF8, .controlCharacter, .outOfMemory, .unavailable: false
        case .byteOrderMark, .unclosedString, .invalidEscape, .loneSurrogate, .invalidNumber, .invalidLiteral,
            .unexpectedCharacter, .unclosedContainer, .trailingContent:
            true
        }
    }
}
