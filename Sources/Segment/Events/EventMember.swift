import JSON

/// The members of an event or envelope whose names mean something here; told apart in one look at a name.
enum EventMember {
    case type
    case messageId
    case userId
    case anonymousId
    case event
    case properties
    case traits
    case context
    case integrations
    case timestamp
    case originalTimestamp
    case sentAt
    case receivedAt
    case writeKey
    case batch
    case groupId
    case previousId
    /// `ip`, `ipAddress`, `ip_address`: subject to the source's IP policy.
    case ip
    /// Names that a Hydra call gives a meaning of its own.
    case source
    case sequence
    case feature
    case eventFlag
    /// `direct`, known in a context only: the sender asks for the connection's address.
    case direct
    /// Everything else: forwarded as it is.
    case other

    /// The longest known name, in characters.
    private static let longestName = 17

    /// Bytes of an escape such as `\u0069`, and of the two quotes.
    private static let escapeBytes = 6
    private static let quoteBytes = 2

    /// Classifies a member by its name, however it is escaped.
    @inline(__always)
    init(_ key: JSONKey) {
        self = unsafe key.withRaw { raw in
            if unsafe raw.contains(UInt8(ascii: "\\")) {
                return raw.count > Self.longestName * Self.escapeBytes + Self.quoteBytes
                    ? .other : Self(decoded: key.string)
            }
            return unsafe Self(name: UnsafeRawBufferPointer(rebasing: raw.dropFirst().dropLast()))
        }
    }

    private init(decoded name: String) {
        var name = name
        self = name.withUTF8 { unsafe Self(name: UnsafeRawBufferPointer($0)) }
    }

    /// Classifies an unescaped name: its length leaves at most four candidates.
    @inline(__always)
    private init(name: UnsafeRawBufferPointer) {
        switch name.count {
        case 2: self = unsafe name.spells("ip") ? .ip : .other
        case 4: self = unsafe name.spells("type") ? .type : .other
        case 5: self = unsafe name.spells("event") ? .event : name.spells("batch") ? .batch : .other
        case 6:
            self =
                unsafe name.spells("userId")
                ? .userId
                : name.spells("traits")
                    ? .traits
                    : name.spells("sentAt")
                        ? .sentAt
                        : name.spells("source")
                            ? .source
                            : name.spells("direct") ? .direct : .other
        case 7:
            self =
                unsafe name.spells("context")
                ? .context
                : name.spells("groupId")
                    ? .groupId
                    : name.spells("feature") ? .feature : .other
        case 8: self = unsafe name.spells("writeKey") ? .writeKey : name.spells("sequence") ? .sequence : .other
        case 9:
            self =
                unsafe name.spells("messageId")
                ? .messageId
                : name.spells("timestamp")
                    ? .timestamp
                    : name.spells("ipAddress")
                        ? .ip
                        : name.spells("eventFlag") ? .eventFlag : .other
        case 10:
            self =
                unsafe name.spells("properties")
                ? .properties
                : name.spells("receivedAt")
                    ? .receivedAt
                    : name.spells("previousId")
                        ? .previousId
                        : name.spells("ip_address") ? .ip : .other
        case 11: self = unsafe name.spells("anonymousId") ? .anonymousId : .other
        case 12: self = unsafe name.spells("integrations") ? .integrations : .other
        case 17: self = unsafe name.spells("originalTimestamp") ? .originalTimestamp : .other
        default: self = .other
        }
    }
}
