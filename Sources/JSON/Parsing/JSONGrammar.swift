/// The grammar of RFC 8259 over a list of tokens: one pass, no recursion.
///
/// The list is trusted only for where strings begin and end. Everything between two tokens is looked at here: what is not part
/// of a token must be white space, so `1 2`, `truex` or `"a"b` cannot slip through. A namespace of pure functions: any thread.
enum JSONGrammar {
    /// Stands for "not inside a container" where a node's index is meant.
    private static let outermost = UInt32.max

    /// Checks a text and writes its nodes.
    ///
    /// - Parameters:
    ///   - text: The bytes; UTF-8 and free of raw control characters in strings.
    ///   - tokens: What ``TokenIndex`` found, with the closing entry; at least one token.
    ///   - buffer: Room for at least as many nodes as there are tokens.
    /// - Returns: How many nodes were written. Node 0 is the root.
    static func check(
        _ text: Span<UInt8>,
        tokens: Span<UInt32>,
        into buffer: inout [JSONNode]
    ) throws(JSONError) -> Int {
        var nodes = buffer.mutableSpan
        let last = tokens.count - 1
        var token = 0
        var count = 0
        var container = outermost
        var isObject = false
        // Strings are searched for escapes by leaps from one backslash of the text to the next.
        var backslash = text.firstIndex(of: ASCII.backslash, from: 0)

        try requireBlank(text, from: 0, to: Int(tokens[0]), else: .unexpectedCharacter)
        nextValue: while true {
            if container != outermost {
                nodes[Int(container)].addChild()
            }
            if isObject {
                // A name and its colon stand before the value.
                guard token < last else { throw unfinished(container, nodes) }
                let start = Int(tokens[token])
                guard text[start] == ASCII.quote else { throw JSONError(.unexpectedCharacter, at: start) }
                guard token + 1 < last else { throw unfinished(container, nodes) }
                let colon = Int(tokens[token + 1])
                let end = try endOfString(text, from: start, before: colon)
                let hasEscapes = backslash < end
                if hasEscapes {
                    backslash = try checkEscapes(text, from: backslash, string: start..<end)
                }
                guard text[colon] == ASCII.colon else { throw JSONError(.unexpectedCharacter, at: colon) }
                try requireBlank(text, from: colon + 1, to: Int(tokens[token + 2]), else: .unexpectedCharacter)
                nodes[count] = node(.string, start, end, count, hasEscapes)
                count += 1
                token += 2
            }

            guard token < last else { throw unfinished(container, nodes) }
            let start = Int(tokens[token])
            let limit = Int(tokens[token + 1])
            let first = text[start]
            token += 1
            switch first {
            case ASCII.quote:
                let end = try endOfString(text, from: start, before: limit)
                let hasEscapes = backslash < end
                if hasEscapes {
                    backslash = try checkEscapes(text, from: backslash, string: start..<end)
                }
                nodes[count] = node(.string, start, end, count, hasEscapes)
                count += 1

            case ASCII.openBrace, ASCII.openBracket:
                try requireBlank(text, from: start + 1, to: limit, else: .unexpectedCharacter)
                isObject = first == ASCII.openBrace
                nodes[count] = JSONNode(
                    opening: isObject ? .object : .array,
                    start: UInt32(truncatingIfNeeded: start),
                    inside: container
                )
                container = UInt32(truncatingIfNeeded: count)
                count += 1
                guard token < last else { throw unfinished(container, nodes) }
                // `{` and `}` as well as `[` and `]` are two code points apart. An empty container ends below.
                if text[limit] != first + 2 {
                    continue nextValue
                }

            case ASCII.minus, ASCII.zero...ASCII.nine:
                let end = try endOfNumber(text, from: start, before: limit)
                try requireBlank(text, from: end, to: limit, else: .invalidNumber)
                nodes[count] = node(.number, start, end, count)
                count += 1

            default:
                let (kind, end) = try literal(text, from: start, before: limit)
                try requireBlank(text, from: end, to: limit, else: .invalidLiteral)
                nodes[count] = node(kind, start, end, count)
                count += 1
            }

            // A value is complete: behind it stand the ends of containers, then a comma or nothing.
            while true {
                guard container != outermost else {
                    guard token == last else { throw JSONError(.trailingContent, at: Int(tokens[token])) }
                    return count
                }
                guard token < last else { throw unfinished(container, nodes) }
                let position = Int(tokens[token])
                let byte = text[position]
                guard byte == ASCII.comma || byte == (isObject ? ASCII.closeBrace : ASCII.closeBracket) else {
                    throw JSONError(.unexpectedCharacter, at: position)
                }
                token += 1
                try requireBlank(text, from: position + 1, to: Int(tokens[token]), else: .unexpectedCharacter)
                if byte == ASCII.comma {
                    continue nextValue
                }
                let parent = nodes[Int(container)].next
                let height = nodes[Int(container)].height
                nodes[Int(container)].close(
                    end: UInt32(truncatingIfNeeded: position + 1),
                    next: UInt32(truncatingIfNeeded: count)
                )
                container = parent
                if parent != outermost {
                    nodes[Int(parent)].grow(around: height)
                    isObject = nodes[Int(parent)].kind == .object
                }
            }
        }
    }

    @inline(__always)
    private static func node(
        _ kind: JSONValue.Kind,
        _ start: Int,
        _ end: Int,
        _ index: Int,
        _ hasEscapes: Bool = false
    ) -> JSONNode {
        JSONNode(
            scalar: kind,
            start: UInt32(truncatingIfNeeded: start),
            end: UInt32(truncatingIfNeeded: end),
            next: UInt32(truncatingIfNeeded: index + 1),
            hasEscapes: hasEscapes
        )
    }

    private static func unfinished(_ container: UInt32, _ nodes: borrowing MutableSpan<JSONNode>) -> JSONError {
        JSONError(.unclosedContainer, at: container == outermost ? 0 : Int(nodes[Int(container)].start))
    }
}
