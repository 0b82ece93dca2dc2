/// A name and its value in one call.
extension JSONWriter {
    /// Writes a member with a string.
    package mutating func member(_ key: StaticString, _ string: String) {
        self.key(key)
        value(string)
    }

    /// Writes a member with an integer.
    package mutating func member(_ key: StaticString, _ int: Int64) {
        self.key(key)
        value(int)
    }

    /// Writes a member with an integer.
    package mutating func member(_ key: StaticString, _ int: Int) {
        self.key(key)
        value(int)
    }

    /// Writes a member with an integer.
    package mutating func member(_ key: StaticString, _ int: UInt64) {
        self.key(key)
        value(int)
    }

    /// Writes a member with a number; null for NaN and the infinities.
    package mutating func member(_ key: StaticString, _ double: Double) {
        self.key(key)
        value(double)
    }

    /// Writes a member with a truth value.
    package mutating func member(_ key: StaticString, _ bool: Bool) {
        self.key(key)
        value(bool)
    }

    /// Writes a member with a value exactly as it stands in its document.
    package mutating func member(_ key: StaticString, _ value: JSONValue) {
        self.key(key)
        raw(value)
    }

    /// Writes a member with bytes that are exactly one JSON value.
    package mutating func member(_ key: StaticString, raw bytes: some Sequence<UInt8>) {
        self.key(key)
        raw(bytes)
    }

    /// Writes a member exactly as it stands in its document.
    package mutating func member(_ member: JSONMember) {
        raw(member)
    }

    /// Writes a member with null.
    package mutating func nullMember(_ key: StaticString) {
        self.key(key)
        null()
    }
}
