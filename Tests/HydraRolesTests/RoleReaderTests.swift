import Testing

@testable import HydraRoles

/// Titles are read as a person would read them.
@Suite struct RoleReaderTests {
    struct Title {
        let title: String
        let function: String
        let seniority: String

        static func list(_ bytes: [UInt8]) -> [Title] {
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
                line in
                let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                return columns.count == 3 ? Title(title: columns[0], function: columns[1], seniority: columns[2]) : nil
            }
        }
    }

    private func accuracy(_ name: String, _ titles: [Title]) -> Double {
        let reader = RoleReader()
        var functions = 0
        var seniorities = 0
        var both = 0
        for title in titles {
            let role = reader.read(title.title)
            let function = role?.function.rawValue ?? "nil"
            let seniority = role?.seniority?.rawValue ?? "-"
            if function == title.function { functions += 1 }
            if seniority == title.seniority { seniorities += 1 }
            if function == title.function, seniority == title.seniority {
                both += 1
            } else {
                print("\(name): \(title.title): \(function) \(seniority), not \(title.function) \(title.seniority)")
            }
        }
        func percent(_ count: Int) -> String { "\(count * 1000 / max(titles.count, 1))‰" }
        print(
            """
            \(name): \(titles.count) titles, function \(percent(functions)), seniority \(percent(seniorities)), \
            both \(percent(both))
            """
        )
        return Double(both) / Double(max(titles.count, 1))
    }

    @Test func theTitlesThatTheRulesWereMadeWith() {
        let titles = Title.list(PackageResources.titles_tsv)
        #expect(titles.count >= 250)
        #expect(self.accuracy("tuned", titles) >= 0.97)
    }

    @Test func theTitlesThatWerePutAside() {
        let titles = Title.list(PackageResources.held_out_tsv)
        #expect(titles.count >= 80)
        #expect(self.accuracy("held out", titles) >= 0.75)
    }

    @Test func titlesThatNobodyThoughtOf() {
        let titles = Title.list(PackageResources.second_held_out_tsv)
        #expect(titles.count >= 80)
        #expect(self.accuracy("second held out", titles) >= 0.6)
    }

    @Test func theWordsThatDecidedAreNamed() throws {
        let role = try #require(RoleReader().read("VP of Happiness"))
        #expect(
            role.evidence == [
                RoleEvidence(words: "VP", meaning: "seniority vp"),
                RoleEvidence(words: "Happiness", meaning: "function people"),
            ]
        )
    }

    @Test func ownRulesDecideFirst() throws {
        let reader = RoleReader(additional: [
            RoleRule(words: "Happiness", function: .customerSuccess, seniority: nil),
            RoleRule(words: "code ninja", function: nil, seniority: .senior),
        ])
        #expect(reader.read("VP of Happiness")?.function == .customerSuccess)
        #expect(reader.read("VP of Happiness")?.seniority == .vp)
        #expect(reader.read("CODE  NINJA")?.seniority == .senior)
        #expect(reader.read("code of ninja")?.seniority == nil)
    }

    @Test(arguments: ["", " ", "\n\t"])
    func anEmptyTitleIsNone(title: String) {
        #expect(RoleReader().read(title) == nil)
    }

    @Test(arguments: [
        String(repeating: "VP ", count: 50_000), String(repeating: "é\u{301}", count: 20_000), "\u{202E}OEC\u{0}",
        "<script>alert(1)</script>", "👩‍💻🚀", "---", "@", "at", "assistant to",
    ])
    func strangeTitlesAreReadLikeOthers(title: String) {
        #expect(RoleReader().read(title) == RoleReader().read(title))
    }
}
