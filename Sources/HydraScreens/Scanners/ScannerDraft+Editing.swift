import HydraScanners
import JSON

/// What the buttons between the fields do: rows come, go and move without any script.
extension ScannerDraft {
    /// More than a definition may have would only be refused.
    private static let maximumRows = 250

    /// - Parameter action: `add:personas[2].conditions`, `remove:rules[1]`, `up:personas[2]`, `down:…`, `json`, `form`.
    /// - Returns: false if it is none of these: something else is meant.
    mutating func edit(_ action: String) -> Bool {
        switch action {
        case "json":
            if case .success(let bytes) = self.definition() {
                self.json = PrettyJSON.text(bytes)
                self.isJSON = true
            }
            return true
        case "form":
            // What is not JSON stays as it is, to be mended.
            guard let document = try? JSONParser().parse(Array(self.json.utf8)) else { return true }
            self.isJSON = false
            self.read(document.root)
            return true
        default: break
        }
        let parts = action.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, ["add", "remove", "up", "down"].contains(parts[0]) else { return false }
        let places = Self.places(parts[1])
        if self.kind == .role { self.editRules(parts[0], places) } else { self.editGroups(parts[0], places) }
        return true
    }

    /// The numbers in a path.
    private static func places(_ path: String) -> [Int] {
        path.split(separator: "[").dropFirst().compactMap { part in part.split(separator: "]").first.flatMap { Int($0) }
        }
    }

    private mutating func editRules(_ verb: String, _ places: [Int]) {
        switch (verb, places.first) {
        case ("add", _): if self.rules.count < Self.maximumRows { self.rules.append(RoleRule()) }
        case ("remove", .some(let place)) where self.rules.indices.contains(place): self.rules.remove(at: place)
        default: break
        }
    }

    private mutating func editGroups(_ verb: String, _ places: [Int]) {
        guard let place = places.first else {
            if verb == "add", self.groups.count < Self.maximumRows { self.groups.append(Group()) }
            return
        }
        guard self.groups.indices.contains(place) else { return }
        switch (verb, places.count) {
        case ("add", 1):
            if self.groups[place].conditions.count < Self.maximumRows {
                self.groups[place].conditions.append(ConditionDraft())
            }
        case ("remove", 1): self.groups.remove(at: place)
        case ("remove", 2):
            if self.groups[place].conditions.indices.contains(places[1]) {
                self.groups[place].conditions.remove(at: places[1])
            }
        case ("up", 1): if place > 0 { self.groups.swapAt(place, place - 1) }
        case ("down", 1): if place + 1 < self.groups.count { self.groups.swapAt(place, place + 1) }
        default: break
        }
    }
}

/// JSON on several lines, for people who edit it.
enum PrettyJSON {
    /// - Returns: the text as it is if it is no JSON.
    static func text(_ bytes: [UInt8]) -> String {
        guard let document = try? JSONParser().parse(bytes) else { return String(decoding: bytes, as: UTF8.self) }
        var text = ""
        self.write(document.root, indent: 0, into: &text)
        return text
    }

    private static func write(_ value: JSONValue, indent: Int, into text: inout String) {
        let inner = String(repeating: "  ", count: indent + 1)
        let outer = String(repeating: "  ", count: indent)
        // Short lists of plain values are read best on one line.
        guard value.height > 0, value.count > 0, !(value.isArray && value.height == 1 && value.raw.count < 90) else {
            text += value.rawString
            return
        }
        text += value.isArray ? "[\n" : "{\n"
        var isFirst = true
        for element in value.elements {
            text += (isFirst ? "" : ",\n") + inner
            self.write(element, indent: indent + 1, into: &text)
            isFirst = false
        }
        for member in value.members {
            text += (isFirst ? "" : ",\n") + inner + String(decoding: member.key.raw, as: UTF8.self) + ": "
            self.write(member.value, indent: indent + 1, into: &text)
            isFirst = false
        }
        text += "\n" + outer + (value.isArray ? "]" : "}")
    }
}
