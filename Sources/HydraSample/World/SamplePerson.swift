/// A company of the sample.
///
/// A value; any thread.
struct SampleCompany: Sendable {
    let name: String
    let domain: String
    let industry: String
    let employees: Int
    let country: String
    let plan: String
}

/// What is special about somebody's use, if anything: so that there is something true to find.
enum SampleHabit: Equatable, Sendable {
    case usual
    case powerUser(feature: Int)
    case struggling(feature: Int)
    /// Stops on this day.
    case goneQuiet(day: Int64)
    /// Twice and more as much, or less than half, from this day on.
    case rising(day: Int64)
    case falling(day: Int64)
}

/// A person of the sample. All of it follows from the seed and the person's number.
///
/// A value; any thread.
struct SamplePerson: Sendable {
    let number: Int
    let userId: String
    let anonymousId: String
    let firstName: String
    let lastName: String
    let email: String?
    let title: String?
    let company: SampleCompany?
    let place: Int
    let userAgent: Int
    let campaign: String?
    /// Uses on an average working day.
    let activity: Double
    let firstDay: Int64
    /// The day of the first identify: before it, somebody unknown.
    let knownDay: Int64
    let habit: SampleHabit
    /// The day from which each feature is used; nil: never.
    let adopted: [Int64?]

    init(number: Int, company: SampleCompany?, options: SampleOptions) {
        var random = SampleRandom(options.seed, 1, UInt64(number))
        self.number = number
        self.userId = "sample-\(options.seed)-\(number)"
        self.anonymousId = "sample-device-\(options.seed)-\(number)"
        self.firstName = random.pick(SampleTables.firstNames, or: "Ada")
        self.lastName = random.pick(SampleTables.lastNames, or: "Doe")
        let local = Self.ascii("\(self.firstName).\(self.lastName)") + (number % 7 == 0 ? "\(number)" : "")
        let isFree = company == nil
        self.email = random.chance(0.04) ? nil : "\(local)@\(isFree ? "gmail.com" : company?.domain ?? "gmail.com")"
        self.title = random.chance(0.08) ? nil : random.pick(SampleTables.titles, or: "Software Engineer")
        self.company = company
        self.place = random.below(SampleTables.places.count)
        self.userAgent = random.below(SampleTables.userAgents.count)
        self.campaign =
            random.chance(0.2) ? random.pick(["newsletter", "conference", "search-ads"], or: "newsletter") : nil
        self.activity = 1.8 * random.activity()
        // Half were there before the history begins.
        let span = Int64(options.days)
        let first =
            random.chance(0.5) ? options.firstDay : options.firstDay + Int64(random.below(max(1, options.days * 3 / 4)))
        self.firstDay = first
        self.knownDay = random.chance(0.3) ? min(options.lastDay, first + Int64(random.below(6))) : first
        let late = options.lastDay - span / 3
        switch random.unit() {
        case ..<0.03: self.habit = .powerUser(feature: random.below(8))
        case ..<0.06: self.habit = .struggling(feature: random.below(6))
        case ..<0.10: self.habit = .goneQuiet(day: options.lastDay - Int64(20 + random.below(20)))
        case ..<0.13: self.habit = .rising(day: late)
        case ..<0.16: self.habit = .falling(day: late)
        default: self.habit = .usual
        }
        var adopted: [Int64?] = SampleTables.features.indices.map { feature in
            // The popular ones sooner, and by more.
            let popularity = 1.6 / (1 + 0.35 * Double(feature))
            guard random.chance(min(0.95, popularity)) else { return nil }
            return first + Int64(Double(feature) * 1.5 * random.unit() * 3)
        }
        // Whoever takes up the dashboards often takes up the alerts within two weeks.
        let dashboards = SampleTables.feature("Dashboards")
        let alerts = SampleTables.feature("Alerts")
        if let day = adopted[dashboards] {
            adopted[alerts] =
                random.chance(0.6) ? day + 1 + Int64(random.below(13)) : random.chance(0.2) ? day + 45 : nil
        } else if random.chance(0.85) {
            adopted[alerts] = nil
        }
        if case .powerUser(let feature) = self.habit { adopted[feature] = first }
        if case .struggling(let feature) = self.habit { adopted[feature] = first }
        self.adopted = adopted
    }

    /// Letters of mail addresses.
    private static func ascii(_ name: String) -> String {
        let plain: [Character: String] = [
            "ü": "ue", "ö": "oe", "ä": "ae", "ø": "o", "é": "e", "í": "i", "ó": "o", "á": "a", "ã": "a", "ı": "i",
            "ł": "l",
            "ñ": "n", "ç": "c", "'": "",
        ]
        return name.lowercased().map { plain[$0] ?? ($0.isASCII ? String($0) : "") }.joined()
    }
}
