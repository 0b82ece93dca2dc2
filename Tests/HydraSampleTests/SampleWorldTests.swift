import JSON
import Testing

@testable import HydraSample

/// The sample is believable, bounded, and the same for the same seed.
@Suite struct SampleWorldTests {
    /// 2026-03-31T12:00:00Z.
    private static let now: Int64 = 1_774_958_400_000

    private func world(_ persons: Int = 200, days: Int = 60, seed: UInt64 = 1) -> SampleWorld {
        SampleWorld(SampleOptions(persons: persons, days: days, seed: seed, now: Self.now))
    }

    private func events(_ world: SampleWorld, _ person: Int) -> [SampleEvent] {
        (world.options.firstDay...world.options.lastDay).flatMap { world.events(ofPerson: person, on: $0) }
    }

    @Test func theSameSeedMakesTheSameHistory() {
        let first = self.world()
        let second = self.world()
        let other = self.world(seed: 2)
        var differs = false
        for person in 0..<200 {
            #expect(self.events(first, person).map(\.json) == self.events(second, person).map(\.json))
            if self.events(first, person).map(\.json) != self.events(other, person).map(\.json) { differs = true }
        }
        #expect(differs)
    }

    @Test func aPersonHasAHundredEventsInNinetyDaysOrSo() {
        let world = self.world(400, days: 90)
        let tracks = (0..<400).reduce(0) { $0 + self.events(world, $1).count(where: \.isTrack) }
        #expect((75...130).contains(tracks / 400), "\(tracks / 400)")
    }

    @Test func everyEventIsOneThatAnSDKCouldSend() throws {
        let world = self.world()
        let parser = JSONParser()
        var ids: Set<String> = []
        for person in 0..<200 {
            for event in self.events(world, person) {
                let root = try parser.parse(event.json).root
                #expect(event.json.count < 32 << 10)
                #expect(event.time <= Self.now)
                #expect(root["type"]?.string == (event.isTrack ? "track" : "identify"))
                #expect(root["anonymousId"]?.string?.isEmpty == false)
                #expect(root["timestamp"]?.string?.hasSuffix("Z") == true)
                let isNew = ids.insert(root["messageId"]?.string ?? "").inserted
                #expect(isNew)
                if event.isTrack { #expect(root["properties"]?["feature"]?.string != nil) }
            }
        }
        #expect(ids.count > 5_000)
    }

    @Test func thePastBeforeTheFirstIdentifyIsAnonymous() throws {
        let world = self.world()
        let parser = JSONParser()
        var anonymous = 0
        for person in 0..<200 {
            var isKnown = false
            for event in self.events(world, person) {
                let root = try parser.parse(event.json).root
                if !event.isTrack { isKnown = true }
                if root["userId"] == nil {
                    anonymous += 1
                    #expect(!isKnown)
                }
            }
        }
        #expect(anonymous > 50)
    }

    @Test func whatWasPlantedIsThere() throws {
        let world = self.world(1_000, days: 90)
        let parser = JSONParser()
        var habits: Set<String> = []
        for person in world.persons {
            let events = self.events(world, person.number)
            switch person.habit {
            case .goneQuiet(let day):
                habits.insert("quiet")
                #expect(events.filter(\.isTrack).allSatisfy { $0.time < (day + 2) * 86_400_000 })
            case .struggling(let feature):
                habits.insert("struggling")
                let flags = try events.compactMap { event -> Bool? in
                    let properties = try parser.parse(event.json).root["properties"]
                    guard properties?["feature"]?.string == SampleTables.features[feature].name else { return nil }
                    return properties?["eventFlag"]?.string?.lowercased() == "negative"
                }
                if flags.count >= 20 { #expect(flags.count(where: \.self) * 3 > flags.count) }
            case .powerUser: habits.insert("power")
            case .rising: habits.insert("rising")
            case .falling: habits.insert("falling")
            case .usual: break
            }
        }
        #expect(habits.count == 5)
    }
}
