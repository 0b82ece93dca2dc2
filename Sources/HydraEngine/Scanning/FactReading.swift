import HydraDataPoints
import JSON

/// JSON as it was sent, read as a fact.
extension DataValue {
    /// Characters of a text and elements of a list that count: facts are looked at again and again.
    private static let maximumCharacters = 4096
    private static let maximumElements = 100
    private static let maximumListBytes = 16_384

    /// - Returns: nil for null, for an object, and for a list without a text, a number or a truth value.
    init?(json value: JSONValue) {
        switch value.kind {
        case .string:
            guard let text = value.string else { return nil }
            self = .text(Self.cut(text))
        case .number:
            guard let number = value.double, number.isFinite else { return nil }
            self = .number(number)
        case .true: self = .bool(true)
        case .false: self = .bool(false)
        case .array:
            var elements: [String] = []
            var bytes = 0
            for element in value.elements {
                guard elements.count < Self.maximumElements, bytes < Self.maximumListBytes else { break }
                defer { bytes += elements.last?.utf8.count ?? 0 }
                switch element.kind {
                case .string: elements.append(Self.cut(element.string ?? ""))
                case .number, .true, .false: elements.append(Self.cut(element.rawString))
                case .object, .array, .null: continue
                }
            }
            guard !elements.isEmpty else { return nil }
            self = .list(elements)
        case .object, .null: return nil
        }
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > self.maximumCharacters else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(self.maximumCharacters)))
    }
}

extension MergedTraits {
    /// The traits that are facts, by name.
    func facts(parser: JSONParser) -> [TraitFact] {
        self.present.compactMap { trait in
            guard let bytes = trait.value, let root = try? parser.parse(bytes).root, let value = DataValue(json: root)
            else { return nil }
            return TraitFact(name: trait.name, value: value, time: trait.stamp.time.milliseconds)
        }
    }
}

extension ContextFact {
    /// What a call's `context` says of the person's device, place and campaign.
    ///
    /// - Parameter body: the call.
    init?(body: JSONValue, time: Int64) {
        guard let context = body["context"], context.isObject else { return nil }
        let device = context["device"]
        let system = context["os"]
        let location = context["location"]
        var campaign: [String: String] = [:]
        for name in ["source", "medium", "name", "term", "content"] {
            if let text = context["campaign"]?[key: name]?.string, !text.isEmpty { campaign[name] = text }
        }
        func text(_ value: JSONValue?) -> String? { value?.string.flatMap { $0.isEmpty ? nil : $0 } }
        self.init(
            time: time,
            locale: text(context["locale"]),
            timezone: text(context["timezone"]),
            country: text(location?["country"]),
            city: text(location?["city"]),
            userAgent: text(context["userAgent"]),
            deviceType: text(device?["type"]),
            deviceManufacturer: text(device?["manufacturer"]),
            deviceModel: text(device?["model"]),
            osName: text(system?["name"]),
            osVersion: text(system?["version"]),
            campaign: campaign
        )
    }
}
