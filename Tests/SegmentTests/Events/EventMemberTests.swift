import JSON
import Testing

@testable import Segment

struct EventMemberTests {
    private static let known: [(String, EventMember)] = [
        ("type", .type), ("messageId", .messageId), ("userId", .userId), ("anonymousId", .anonymousId),
        ("event", .event),
        ("properties", .properties), ("traits", .traits), ("context", .context), ("integrations", .integrations),
        ("timestamp", .timestamp), ("originalTimestamp", .originalTimestamp), ("sentAt", .sentAt),
        ("receivedAt", .receivedAt), ("writeKey", .writeKey), ("batch", .batch), ("groupId", .groupId),
        ("previousId", .previousId), ("ip", .ip), ("ipAddress", .ip), ("ip_address", .ip), ("source", .source),
        ("feature", .feature), ("eventFlag", .eventFlag), ("direct", .direct),
    ]

    private func member(_ name: String) throws -> EventMember? {
        try json(#"{"\#(name)":1}"#).members.first { _ in true }.map { EventMember($0.key) }
    }

    @Test("Known names are known, also when every letter is escaped", arguments: known)
    func knownNames(name: String, expected: EventMember) throws {
        #expect(try member(name) == expected)
        let escaped = name.utf8.map { byte in
            let hex = String(byte, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
        #expect(try member(escaped.joined()) == expected)
    }

    @Test("Names that only look alike are other names", arguments: known)
    func otherNames(name: String, expected: EventMember) throws {
        for other in [
            name.uppercased(), name + "x", "x" + name.dropFirst(), String(name.dropLast()), name.dropLast() + "_",
            name + #"\n"#,
        ] {
            #expect(try member(other) == .other, "\(other)")
        }
    }

    @Test(
        "Any other name is other",
        arguments: ["", "channel", "_metadata", "é", "name", "version", String(repeating: "a", count: 999)]
    )
    func unknownNames(name: String) throws {
        #expect(try member(name) == .other)
    }
}
