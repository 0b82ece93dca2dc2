/// Gathers data points: of several for one name the surest stays, of equally sure ones the newest, then the first
/// source in the order of ``DataSource``.
///
/// A value; any thread.
struct DataPointCollection {
    /// Characters of a text.
    private static let maximumCharacters = 500

    private var points: [String: DataPoint] = [:]

    mutating func add(_ name: String, _ value: DataValue?, _ source: DataSource, _ time: Int64, _ confidence: Double) {
        guard let value else { return }
        let kept: DataValue = if case .text(let text) = value { .text(text.cut(Self.maximumCharacters)) } else { value }
        self.add(DataPoint(name: name, value: kept, source: source, time: time, confidence: confidence))
    }

    mutating func add(text: String?, _ name: String, _ source: DataSource, _ time: Int64, _ confidence: Double) {
        guard let text = text?.trimmed, !text.isEmpty else { return }
        self.add(name, .text(text), source, time, confidence)
    }

    mutating func add(_ point: DataPoint) {
        if let known = self.points[point.name], !Self.isStronger(point, than: known) { return }
        self.points[point.name] = point
    }

    private static func isStronger(_ new: DataPoint, than known: DataPoint) -> Bool {
        if new.confidence != known.confidence { return new.confidence > known.confidence }
        if new.time != known.time { return new.time > known.time }
        let order = DataSource.allCases
        return (order.firstIndex(of: new.source) ?? 0) < (order.firstIndex(of: known.source) ?? 0)
    }

    /// By name.
    var sorted: [DataPoint] {
        self.points.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
