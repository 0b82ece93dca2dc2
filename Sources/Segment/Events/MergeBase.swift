import JSON

/// An object that lies under the objects of many events: its members show where an event has none of that name.
///
/// Immutable; any thread.
struct MergeBase: Sendable {
    /// The object itself, for events that have none of their own.
    let object: JSONValue
    private let members: [JSONMember]
    private let places: [JSONKey: Int]

    /// Takes an object that is not empty; nil for all else.
    init?(_ object: JSONValue) {
        guard object.kind == .object, object.count > 0 else { return nil }
        self.object = object
        var members: [JSONMember] = []
        var places: [JSONKey: Int] = [:]
        for member in object.members.lastWins {
            places[member.key] = members.count
            members.append(member)
        }
        self.members = members
        self.places = places
    }

    var byteCount: Int { object.range.count }

    /// The members that an event's object does not have, in their order.
    func uncovered(by object: JSONValue) -> [JSONMember] {
        var isCovered = Array(repeating: false, count: members.count)
        for member in object.members {
            if let place = places[member.key] { isCovered[place] = true }
        }
        return zip(members, isCovered).compactMap { $1 ? nil : $0 }
    }
}
