/// Writes compact JSON into its own bytes, and splices parts of parsed documents as they were sent.
///
/// Commas and colons are its business. What may stand where is checked by preconditions: a value without a name inside an object,
/// a second root value or an end without a beginning are mistakes in the program, never in its input. Depth is unbounded; up to
/// 64 levels cost no memory besides the bytes. A value type: one thread at a time, copies are independent.
package struct JSONWriter: Sendable {
    /// What has been written so far; a complete JSON text when ``isComplete``.
    package internal(set) var bytes: [UInt8] = []

    /// How many objects and arrays are open.
    package private(set) var depth = 0

    /// One bit for each of the innermost open containers, the innermost lowest: 1 for objects.
    private var levels: UInt64 = 0

    /// The bits of containers further out, 64 in each word.
    private var outerLevels: [UInt64] = []

    /// Whether something stands in front at this level.
    private var needsComma = false

    /// Whether a name has been written whose value is still to come.
    private var awaitsValue = false

    /// Makes a writer with room for so many bytes before it has to allocate again.
    package init(reserving capacity: Int = 0) {
        if capacity > 0 {
            bytes.reserveCapacity(capacity)
        }
    }

    /// Whether exactly one value stands here and nothing is open.
    package var isComplete: Bool { depth == 0 && needsComma }

    /// Forgets all that was written but keeps the memory, for the next text.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        outerLevels.removeAll(keepingCapacity: true)
        depth = 0
        levels = 0
        needsComma = false
        awaitsValue = false
    }

    // MARK: Containers

    /// Writes `{`.
    package mutating func beginObject() {
        begin(ASCII.openBrace, isObject: true)
    }

    /// Writes `}`. The innermost open container must be an object whose last name has its value.
    package mutating func endObject() {
        precondition(depth > 0 && isInObject && !awaitsValue, "no object to end, or its last name has no value")
        end(ASCII.closeBrace)
    }

    /// Writes `[`.
    package mutating func beginArray() {
        begin(ASCII.openBracket, isObject: false)
    }

    /// Writes `]`. The innermost open container must be an array.
    package mutating func endArray() {
        precondition(depth > 0 && !isInObject, "no array to end")
        end(ASCII.closeBracket)
    }

    // MARK: Names

    /// Writes the name of the next member.
    package mutating func key(_ key: StaticString) {
        beginKey()
        key.withUTF8Buffer { unsafe appendString($0) }
        endKey()
    }

    /// Writes the name of the next member.
    package mutating func key(string: String) {
        beginKey()
        appendString(string)
        endKey()
    }

    /// Writes the name of the next member exactly as it stands in its document.
    package mutating func key(raw key: JSONKey) {
        beginKey()
        unsafe key.withRaw { unsafe bytes.append(contentsOf: $0) }
        endKey()
    }

    // MARK: Values

    /// Writes a string.
    package mutating func value(_ string: String) {
        beginValue()
        appendString(string)
    }

    /// Writes a string from its UTF-8 bytes, which must be valid.
    package mutating func value(utf8 text: some Collection<UInt8>) {
        beginValue()
        let wasWritten: Void? = text.withContiguousStorageIfAvailable { unsafe appendString($0) }
        if wasWritten == nil {
            unsafe Array(text).withUnsafeBufferPointer { unsafe appendString($0) }
        }
    }

    /// Writes an integer.
    package mutating func value(_ int: Int64) {
        beginValue()
        appendInteger(int.magnitude, isNegative: int < 0)
    }

    /// Writes an integer.
    package mutating func value(_ int: Int) {
        value(Int64(int))
    }

    /// Writes an integer.
    package mutating func value(_ int: UInt64) {
        beginValue()
        appendInteger(int, isNegative: false)
    }

    /// Writes the shortest spelling that reads back as the same number; null for NaN and the infinities, which JSON lacks.
    package mutating func value(_ double: Double) {
        guard double.isFinite else { return null() }
        beginValue()
        bytes.append(contentsOf: double.description.utf8)
    }

    /// Writes `true` or `false`.
    package mutating func value(_ bool: Bool) {
        beginValue()
        append(bool ? "true" : "false")
    }

    /// Writes `null`.
    package mutating func null() {
        beginValue()
        append("null")
    }

    // MARK: Splices

    /// Writes a value exactly as it stands in its document.
    package mutating func raw(_ value: JSONValue) {
        beginValue()
        bytes.append(contentsOf: value.raw)
    }

    /// Writes a name and its value exactly as they stand in their document.
    package mutating func raw(_ member: JSONMember) {
        let document = member.document
        let key = document.nodes[member.keyIndex]
        let value = document.nodes[member.valueIndex]
        beginKey()
        beginValue()
        if member.valueIndex == member.keyIndex + 1 {
            // They stand next to each other: one copy, with the colon and what white space there is.
            bytes.append(contentsOf: document.bytes[Int(key.start)..<Int(value.end)])
        } else {
            bytes.append(contentsOf: document.bytes[key.range])
            bytes.append(ASCII.colon)
            bytes.append(contentsOf: document.bytes[value.range])
        }
    }

    /// Writes bytes as they are. They must be exactly one JSON value; this is not checked.
    package mutating func raw(_ value: [UInt8]) {
        beginValue()
        bytes.append(contentsOf: value)
    }

    /// Writes bytes as they are. They must be exactly one JSON value; this is not checked.
    package mutating func raw(_ value: some Sequence<UInt8>) {
        beginValue()
        bytes.append(contentsOf: value)
    }

    // MARK: State

    private var isInObject: Bool { levels & 1 != 0 }

    private mutating func begin(_ byte: UInt8, isObject: Bool) {
        beginValue()
        if depth > 0, depth & 63 == 0 {
            outerLevels.append(levels)
        }
        depth += 1
        levels = levels << 1 | (isObject ? 1 : 0)
        needsComma = false
        bytes.append(byte)
    }

    private mutating func end(_ byte: UInt8) {
        depth -= 1
        levels >>= 1
        if depth > 0, depth & 63 == 0 {
            levels = outerLevels.removeLast()
        }
        needsComma = true
        bytes.append(byte)
    }

    @inline(__always)
    private mutating func beginKey() {
        precondition(depth > 0 && isInObject && !awaitsValue, "a name may only stand in an object, once for each value")
        if needsComma {
            bytes.append(ASCII.comma)
        }
        awaitsValue = true
    }

    @inline(__always)
    private mutating func endKey() {
        bytes.append(ASCII.colon)
    }

    @inline(__always)
    private mutating func beginValue() {
        if depth > 0, isInObject {
            precondition(awaitsValue, "a value in an object needs a name")
            awaitsValue = false
        } else if needsComma {
            precondition(depth > 0, "a text has one root value")
            bytes.append(ASCII.comma)
        }
        needsComma = true
    }
}
