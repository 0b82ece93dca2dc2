/// The people of the sample and what they do.
///
/// All persons are kept, a kilobyte each; what they do is made day by day, and the same for the same day. A value; any
/// thread.
package struct SampleWorld: Sendable {
    package let options: SampleOptions
    let persons: [SamplePerson]
    let companies: [SampleCompany]

    package init(_ options: SampleOptions) {
        self.options = options
        var random = SampleRandom(options.seed, 2)
        let companies = (0..<max(1, options.persons / 10)).map { number -> SampleCompany in
            let head = random.pick(SampleTables.companyHeads, or: "Oak")
            let tail = random.pick(SampleTables.companyTails, or: "Labs")
            let place = SampleTables.places[random.below(SampleTables.places.count)]
            // Under the top-level domain that is nobody's (RFC 2606).
            return SampleCompany(
                name: "\(head) \(tail)",
                domain: "\(head.lowercased())-\(tail.lowercased())\(number).example",
                industry: SampleTables.industries[tail] ?? "other",
                employees: [5, 12, 30, 80, 150, 400, 900, 3000, 12_000][random.below(9)],
                country: place.country,
                plan: random.pick(["free", "trial", "team", "business", "enterprise"], or: "team")
            )
        }
        self.companies = companies
        self.persons = (0..<options.persons).map { number in
            // A few companies have many people: the square of a uniform number leans to the first ones.
            let share = random.unit()
            let place = Int(share * share * Double(companies.count))
            let company = random.chance(0.85) && place < companies.count ? companies[place] : nil
            return SamplePerson(number: number, company: company, options: options)
        }
    }

    /// The first person with this habit: for an example to look at.
    package func example(isPowerUser: Bool) -> String? {
        self.persons.first { person in
            guard person.company != nil, person.email != nil, person.title != nil else { return false }
            if case .powerUser = person.habit { return isPowerUser }
            return !isPowerUser && person.habit == .usual
        }?.userId
    }
}
