import JSON

/// The known members of one event or envelope, gathered in a single pass; the last of equal names counts.
///
/// Not copyable, because a copy would count seventeen references.
struct EventFields: ~Copyable {
    var type: JSONValue?
    var messageId: JSONValue?
    var userId: JSONValue?
    var anonymousId: JSONValue?
    var event: JSONValue?
    var properties: JSONValue?
    var traits: JSONValue?
    var context: JSONValue?
    var integrations: JSONValue?
    var timestamp: JSONValue?
    var originalTimestamp: JSONValue?
    var sentAt: JSONValue?
    var receivedAt: JSONValue?
    var writeKey: JSONValue?
    var batch: JSONValue?
    var groupId: JSONValue?
    var previousId: JSONValue?

    /// The first member that the partner form copies one by one, and how many of them there are. Most events have none
    /// or one (`_metadata`, `channel`), which then need no second walk.
    var firstOther: JSONMember?
    var otherCount = 0

    /// Gathers the members of an object; of any other value there are none.
    init(_ object: JSONValue) {
        for member in object.members {
            switch EventMember(member.key) {
            case .type: type = member.value
            case .messageId: messageId = member.value
            case .userId: userId = member.value
            case .anonymousId: anonymousId = member.value
            case .event: event = member.value
            case .properties: properties = member.value
            case .traits: traits = member.value
            case .context: context = member.value
            case .integrations: integrations = member.value
            case .timestamp: timestamp = member.value
            case .originalTimestamp: originalTimestamp = member.value
            case .sentAt: sentAt = member.value
            case .receivedAt: receivedAt = member.value
            case .writeKey: writeKey = member.value
            case .batch: batch = member.value
            case .groupId:
                groupId = member.value
                addOther(member)
            case .previousId:
                previousId = member.value
                addOther(member)
            case .ip, .source, .sequence, .feature, .eventFlag, .direct, .other: addOther(member)
            }
        }
    }

    private mutating func addOther(_ member: JSONMember) {
        if otherCount == 0 { firstOther = member }
        otherCount += 1
    }
}
