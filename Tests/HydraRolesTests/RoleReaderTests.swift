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

    /// A title with every label that a person would accept.
    struct LabelledTitle {
        let title: String
        let functions: [String]
        let seniorities: [String]
        let origin: String

        static func list(_ bytes: [UInt8]) -> [LabelledTitle] {
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
                line in
                let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                guard columns.count == 4 else { return nil }
                return LabelledTitle(
                    title: columns[0],
                    functions: columns[1].split(separator: "|").map(String.init),
                    seniorities: columns[2].split(separator: "|").map(String.init),
                    origin: columns[3]
                )
            }
        }
    }

    /// How many of a hundred are right.
    struct Accuracy {
        var function = 0.0
        var seniority = 0.0
        var both = 0.0

        init(_ titles: [LabelledTitle], where isCounted: (LabelledTitle, Role?) -> Bool = { _, _ in true }) {
            let reader = RoleReader()
            var count = 0.0
            for title in titles {
                let role = reader.read(title.title)
                guard isCounted(title, role) else { continue }
                let isFunction = title.functions.contains(role?.function.rawValue ?? "other")
                let isSeniority = title.seniorities.contains(role?.seniority?.rawValue ?? "-")
                count += 1
                if isFunction { self.function += 1 }
                if isSeniority { self.seniority += 1 }
                if isFunction, isSeniority { self.both += 1 }
            }
            for part in [\Accuracy.function, \.seniority, \.both] { self[keyPath: part] *= 100 / max(count, 1) }
        }
    }

    /// Real titles that no word was made with.
    @Test func realTitlesNotSeenBefore() {
        let titles = LabelledTitle.list(PackageResources.unseen_tsv)
        #expect(titles.count == 160)
        let all = Accuracy(titles)
        print("unseen: \(titles.count) titles, \(all)")
        #expect(all.function >= 88)
        #expect(all.seniority >= 95)
        #expect(all.both >= 84)
        for origin in ["cv", "fr", "es"] {
            #expect(Accuracy(titles) { title, _ in title.origin == origin }.function >= 75)
        }
    }

    @Test func realTitlesThatTheWordsWereMadeWith() {
        #expect(Accuracy(LabelledTitle.list(PackageResources.learned_tsv)).both >= 95)
    }

    /// What the confidence of a role says: see `RoleScanner`.
    @Test func wordsAreRightAsOftenAsTheyAreSaidToBe() {
        let titles = LabelledTitle.list(PackageResources.unseen_tsv)
        let words = Accuracy(titles) { _, role in
            role.map { [.word, .weakWord, .profession].contains($0.basis) } == true
        }
        #expect((86.0...94).contains(words.function))
        #expect(Accuracy(titles) { _, role in role?.basis == .phrase }.function >= 93)
    }

    /// A level or a word decides with the word it belongs to.
    @Test(arguments: [
        ("C.T.O.", "engineering", "cxo"), ("V.P. Sales", "sales", "vp"), ("C.E.O.", "executive", "cxo"),
        ("Channel Partner Sales Manager", "sales", "manager"), ("Partner Manager", "sales", "manager"),
        ("Lead Generation Specialist", "marketing", "-"), ("Data Entry Clerk", "operations", "-"),
        ("Internship Coordinator", "people", "-"), ("Head Chef", "other", "-"),
        ("Director of Photography", "design", "-"), ("Head of Quidditch", "other", "director"),
        ("Director of Wizardry", "other", "director"), ("Leiter Sonderaufgaben", "other", "director"),
        ("Managing Director", "executive", "cxo"), ("Regional Director", "executive", "director"),
        ("Founder", "executive", "owner"), ("Mitgründerin", "executive", "owner"),
        ("Geschäftsführerin", "executive", "cxo"), ("Gérant", "executive", "cxo"),
        ("Acheteuse", "operations", "-"), ("Responsable logistique", "operations", "manager"),
        ("Gestionnaire de paie", "people", "-"), ("Jefa de Compras", "operations", "manager"),
        ("Gerente de RR.HH.", "people", "manager"), ("Responsabile acquisti", "operations", "manager"),
        ("Einkaufsleiterin", "operations", "director"), ("Leiter Instandhaltung", "operations", "director"),
        ("Inkoper", "operations", "-"), ("Buchhalterin", "finance", "-"), ("Contrôleur de gestion", "finance", "-"),
        ("Assistant to the CEO", "operations", "-"), ("VP of Happiness", "people", "vp"),
    ])
    func wordsNeedTheirNeighbours(title: String, function: String, seniority: String) {
        let role = RoleReader().read(title)
        #expect(role?.function.rawValue == function)
        #expect(role?.seniority?.rawValue ?? "-" == seniority)
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
