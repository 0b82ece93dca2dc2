/// How use is put together for a chart.
enum UsageStep: String, CaseIterable, Sendable {
    case day
    case week

    var days: Int64 { self == .day ? 1 : 7 }

    /// The first day of the step that a day is in; weeks begin on Monday.
    func start(of day: UsageDay) -> UsageDay {
        guard self == .week else { return day }
        // 1970-01-01 was a Thursday: day -3 was a Monday.
        let remainder = (day.number &+ 3) % 7
        return day.adding(-(remainder < 0 ? remainder + 7 : remainder))
    }

    /// `by` of a query; by day unless said otherwise.
    init(_ parameters: QueryParameters) throws(ParameterProblem) {
        guard let text = parameters["by"] else {
            self = .day
            return
        }
        guard let step = UsageStep(rawValue: text) else { throw ParameterProblem("`by` must be `day` or `week`.") }
        self = step
    }
}
