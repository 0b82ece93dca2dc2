/// What a template reads: names and values. Values are texts, truth values, further fields and lists of them; a name
/// without a value is left out, which a template takes for false.
typealias Fields = [String: Any]

extension [String: Any] {
    /// Leaves out what is nil.
    init(known pairs: KeyValuePairs<String, Any?>) {
        self.init(minimumCapacity: pairs.count)
        for (name, value) in pairs where value != nil { self[name] = value }
    }
}
