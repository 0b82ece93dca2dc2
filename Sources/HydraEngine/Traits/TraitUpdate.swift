import JSON

/// What one call says about one trait.
///
/// A value; any thread.
struct TraitUpdate: Sendable, Equatable {
    /// See ``TraitName/normalised(_:)``.
    let name: String
    /// As the call spelled it.
    let spelling: String
    /// The JSON text as it was sent, so that numbers keep their digits; nil for an explicit null, which removes.
    let value: [UInt8]?
}

extension TraitUpdate {
    init(member: JSONMember) {
        let spelling = member.key.string
        self.init(
            name: TraitName.normalised(spelling),
            spelling: spelling,
            value: member.value.kind == .null ? nil : Array(member.value.raw)
        )
    }

    /// The members of a traits object. Where two spellings of one name stand in it, the last one counts.
    static func list(_ traits: JSONValue) -> [TraitUpdate] {
        var updates: [TraitUpdate] = []
        var places: [String: Int] = [:]
        for member in traits.members {
            let update = TraitUpdate(member: member)
            if let earlier = places[update.name] {
                updates[earlier] = update
            } else {
                places[update.name] = updates.count
                updates.append(update)
            }
        }
        return updates
    }
}
