import JSON

/// One event of the sample, ready to be sent.
///
/// A value; any thread.
package struct SampleEvent: Sendable {
    /// Milliseconds since 1970.
    package let time: Int64
    /// JSON, as an SDK puts it into a batch.
    package let json: [UInt8]
    package let isTrack: Bool
}

extension SampleWorld {
    /// What a person does on one day, in order of time; nothing of it is in the future.
    package func events(ofPerson number: Int, on day: Int64) -> [SampleEvent] {
        guard self.persons.indices.contains(number) else { return [] }
        let person = self.persons[number]
        guard day >= person.firstDay else { return [] }
        var random = SampleRandom(self.options.seed, 3, UInt64(number), UInt64(bitPattern: day))
        let uses = self.uses(of: person, on: day, &random)
        let isKnown = day >= person.knownDay
        let identifies = day == person.knownDay || (isKnown && !uses.isEmpty && random.chance(0.05))
        var times = uses.map { _ in self.time(day, person, &random) }.sorted()
        var events: [SampleEvent] = []
        if identifies {
            let time = times.first.map { $0 - 1000 } ?? self.time(day, person, &random)
            events.append(self.identify(person, day: day, time: time))
        }
        for (place, use) in uses.enumerated() {
            let time = times.removeFirst()
            events.append(self.track(person, use, isKnown: isKnown, day: day, place: place, time: time))
        }
        return events.filter { $0.time <= self.options.now }
    }

    private struct Use {
        let feature: Int
        let event: String
        let flag: String?
    }

    private func uses(of person: SamplePerson, on day: Int64, _ random: inout SampleRandom) -> [Use] {
        // 1970-01-01 was a Thursday.
        let weekday = (day + 3) % 7
        var mean = person.activity * (weekday >= 5 ? 0.15 : 1)
        switch person.habit {
        case .goneQuiet(let last): if day > last { mean = 0 } else { mean = max(mean, 1.5) }
        case .rising(let from): mean = max(mean, 0.8) * (day >= from ? 3 : 1)
        case .falling(let from): mean = max(mean, 2.5) * (day >= from ? 0.2 : 1)
        case .usual, .powerUser, .struggling: break
        }
        var uses: [Use] = []
        let available = person.adopted.indices.filter { index in person.adopted[index].map { $0 <= day } ?? false }
        for _ in 0..<min(random.poisson(mean), 60) {
            guard !available.isEmpty else { break }
            // The squared number leans to the popular features.
            let share = random.unit()
            let feature = available[min(available.count - 1, Int(share * share * Double(available.count)))]
            uses.append(self.use(feature, person, &random))
        }
        switch person.habit {
        case .powerUser(let feature) where weekday < 5:
            for _ in 0..<random.poisson(5) { uses.append(self.use(feature, person, &random)) }
        case .struggling(let feature) where weekday < 5:
            for _ in 0..<random.poisson(1) { uses.append(self.use(feature, person, &random)) }
        default: break
        }
        return uses
    }

    private func use(_ feature: Int, _ person: SamplePerson, _ random: inout SampleRandom) -> Use {
        let isStruggling = person.habit == .struggling(feature: feature)
        let share = random.unit()
        // As senders spell it: in any case, and often not at all.
        let flag: String? =
            if share < (isStruggling ? 0.65 : 0.07) {
                random.pick(["Negative", "negative", "NEGATIVE"], or: "Negative")
            } else if share < 0.55 {
                random.pick(["Positive", "positive"], or: "Positive")
            } else if share < 0.7 {
                "Neutral"
            } else {
                nil
            }
        return Use(
            feature: feature,
            event: random.pick(SampleTables.features[feature].events, or: "Used"),
            flag: flag
        )
    }

    /// Between 8 and 19 o'clock where the person is.
    private func time(_ day: Int64, _ person: SamplePerson, _ random: inout SampleRandom) -> Int64 {
        let hours = SampleTables.places[person.place].hours
        return day * 86_400_000 + (8 - hours) * 3_600_000 + Int64(random.below(11 * 3_600_000))
    }

    // MARK: JSON

    private func messageId(_ person: SamplePerson, _ day: Int64, _ place: String) -> String {
        "sample-\(self.options.seed)-\(person.number)-\(day)-\(place)"
    }

    private func identify(_ person: SamplePerson, day: Int64, time: Int64) -> SampleEvent {
        var writer = JSONWriter(reserving: 700)
        writer.beginObject()
        writer.member("type", "identify")
        writer.member("messageId", self.messageId(person, day, "i"))
        writer.member("userId", person.userId)
        writer.member("anonymousId", person.anonymousId)
        writer.member("timestamp", SampleTime.text(time))
        writer.key("traits")
        writer.beginObject()
        if let email = person.email { writer.member("email", email) }
        writer.member("firstName", person.firstName)
        writer.member("lastName", person.lastName)
        if let title = person.title { writer.member("title", title) }
        if let company = person.company {
            writer.key("company")
            writer.beginObject()
            writer.member("name", company.name)
            writer.member("domain", company.domain)
            writer.member("industry", company.industry)
            writer.member("employees", company.employees)
            writer.member("country", company.country)
            writer.member("plan", company.plan)
            writer.endObject()
        }
        writer.endObject()
        self.writeContext(person, into: &writer)
        writer.endObject()
        return SampleEvent(time: time, json: writer.bytes, isTrack: false)
    }

    private func track(
        _ person: SamplePerson,
        _ use: Use,
        isKnown: Bool,
        day: Int64,
        place: Int,
        time: Int64
    ) -> SampleEvent {
        var writer = JSONWriter(reserving: 600)
        writer.beginObject()
        writer.member("type", "track")
        writer.member("messageId", self.messageId(person, day, "\(place)"))
        if isKnown { writer.member("userId", person.userId) }
        writer.member("anonymousId", person.anonymousId)
        writer.member("timestamp", SampleTime.text(time))
        writer.member("event", use.event)
        writer.key("properties")
        writer.beginObject()
        writer.member("feature", SampleTables.features[use.feature].name)
        if let flag = use.flag { writer.member("eventFlag", flag) }
        writer.endObject()
        self.writeContext(person, into: &writer)
        writer.endObject()
        return SampleEvent(time: time, json: writer.bytes, isTrack: true)
    }

    private func writeContext(_ person: SamplePerson, into writer: inout JSONWriter) {
        let place = SampleTables.places[person.place]
        writer.key("context")
        writer.beginObject()
        writer.member("locale", place.locale)
        writer.member("timezone", place.zone)
        writer.member("userAgent", SampleTables.userAgents[person.userAgent])
        if let campaign = person.campaign {
            writer.key("campaign")
            writer.beginObject()
            writer.member("source", campaign)
            writer.endObject()
        }
        writer.endObject()
    }
}
