/// The days that a question about use is about, both ends included.
///
/// A value; any thread.
struct UsageWindow: Equatable, Sendable {
    /// The longest window that is not "all": ten years.
    static let maximumDays: Int64 = 3650

    /// nil: from the first day there is.
    let days: Int64?
    let until: UsageDay

    var from: UsageDay? { self.days.map { self.until.adding(1 - $0) } }

    /// The window of the same length before this one; nil for all days.
    var before: UsageWindow? {
        self.days.map { UsageWindow(days: $0, until: self.until.adding(-$0)) }
    }

    /// For `BETWEEN`.
    var bounds: (first: Int64, last: Int64) { (self.from?.number ?? Int64.min, self.until.number) }
}

extension UsageWindow {
    /// `days` and `until` of a query; the last 30 days up to today unless said otherwise.
    init(_ parameters: QueryParameters, now: Instant) throws(ParameterProblem) {
        if let text = parameters["until"] {
            guard let day = UsageDay(parsing: text) else {
                throw ParameterProblem("`until` must be a day such as `2026-01-31`.")
            }
            self.until = day
        } else {
            self.until = UsageDay(now)
        }
        switch parameters["days"] {
        case nil: self.days = 30
        case "all": self.days = nil
        case .some(let text):
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let days = Int64(text),
                (1...Self.maximumDays).contains(days)
            else {
                throw ParameterProblem("`days` must be a whole number from 1 to \(Self.maximumDays), or `all`.")
            }
            self.days = days
        }
    }
}
