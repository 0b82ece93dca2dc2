import JSON
import Testing

@testable import HydraScanners

/// Definitions are read strictly, and every mistake is named with its path.
@Suite struct DefinitionTests {
    private func mistakes(_ kind: ScannerKind, _ text: String) throws -> [String] {
        do {
            _ = try ScannerDefinition.parse(kind: kind, JSONParser().parse(Array(text.utf8)).root)
            return []
        } catch let error as DefinitionMistakes {
            return error.mistakes.map(\.path)
        }
    }

    private static func persona(_ condition: String) -> String {
        #"{"personas":[{"name":"A","conditions":[\#(condition)]}]}"#
    }

    static let bad: [(kind: ScannerKind, text: String, paths: [String])] = [
        (.role, "[]", [""]),
        (.role, #"{"rule":[]}"#, ["rule"]),
        (.role, #"{"rules":{}}"#, ["rules"]),
        (.role, #"{"rules":[1]}"#, ["rules[0]"]),
        (.role, #"{"rules":[{"words":"x"}]}"#, ["rules[0]"]),
        (.role, #"{"rules":[{"function":"it"}]}"#, ["rules[0].words"]),
        (.role, #"{"rules":[{"words":"x","function":"IT"}]}"#, ["rules[0].function", "rules[0]"]),
        (.role, #"{"rules":[{"words":"x","seniority":"boss"}]}"#, ["rules[0].seniority", "rules[0]"]),
        (.role, #"{"titleTrait":""}"#, ["titleTrait"]),
        (.role, #"{"titleTrait":7}"#, ["titleTrait"]),
        (.persona, "{}", ["personas"]),
        (.persona, #"{"personas":[]}"#, ["personas"]),
        (.persona, #"{"personas":[{"name":"A","conditions":[]}]}"#, ["personas[0].conditions"]),
        (.persona, #"{"pick":"none","personas":[{"name":"A","conditions":[]}]}"#, ["pick", "personas[0].conditions"]),
        (.persona, #"{"personas":[{"conditions":[{"subject":"trait.a","operator":"exists"}]}]}"#, ["personas[0].name"]),
        (.persona, Self.persona("7"), ["personas[0].conditions[0]"]),
        (.persona, Self.persona("{}"), ["personas[0].conditions[0].subject", "personas[0].conditions[0].operator"]),
        (
            .persona, Self.persona(#"{"subject":"plan","operator":"exists"}"#), ["personas[0].conditions[0].subject"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.","operator":"exists"}"#),
            ["personas[0].conditions[0].subject"]
        ),
        (
            .persona, Self.persona(#"{"subject":"usage.F","operator":"exists"}"#),
            ["personas[0].conditions[0].subject"]
        ),
        (
            .persona, Self.persona(#"{"subject":"usage.F.uses8","operator":"exists"}"#),
            ["personas[0].conditions[0].subject"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.a","operator":"equals","value":1}"#),
            ["personas[0].conditions[0].operator"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.a","operator":"is"}"#), ["personas[0].conditions[0].value"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.a","operator":"is","value":[1]}"#),
            ["personas[0].conditions[0].value"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.a","operator":"exists","value":1}"#),
            ["personas[0].conditions[0].value"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.a","operator":"contains","value":1}"#),
            ["personas[0].conditions[0].value"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.a","operator":"isOneOf","value":[]}"#),
            ["personas[0].conditions[0].value"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.a","operator":"isOneOf","value":[{}]}"#),
            ["personas[0].conditions[0].value"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.a","operator":"atLeast","value":"1"}"#),
            ["personas[0].conditions[0].value"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.a","operator":"between","value":[2,1]}"#),
            ["personas[0].conditions[0].value"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.a","operator":"between","value":[1]}"#),
            ["personas[0].conditions[0].value"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.a","operator":"exists","weight":0}"#),
            ["personas[0].conditions[0].weight"]
        ),
        (
            .persona, Self.persona(#"{"subject":"trait.a","operator":"exists","wieght":1}"#),
            ["personas[0].conditions[0].wieght"]
        ),
        (.icp, "{}", ["rules"]),
        (.icp, #"{"rules":[{"name":"A","points":0,"when":[]}]}"#, ["rules[0].points", "rules[0].when"]),
        (.icp, #"{"rules":[{"name":"A","when":[]}]}"#, ["rules[0].points", "rules[0].when"]),
        (
            .icp, #"{"rules":[{"name":"A","points":5,"when":[{"subject":"trait.a","operator":"exists"}]}]}"#,
            ["rules[0].when[0].subject"]
        ),
        (
            .icp, #"{"rules":[{"name":"A","points":-5,"when":[{"subject":"company.trait.a","operator":"exists"}]}]}"#,
            ["rules"]
        ),
        (
            .icp,
            #"{"rules":[{"name":"A","points":101,"when":[{"subject":"company.trait.a","operator":"exists"}]}]}"#,
            ["rules[0].points"]
        ),
        (.usage, #"{"weights":1}"#, ["weights"]),
        (.usage, #"{"weights":{"neutral":"1"}}"#, ["weights.neutral"]),
        (.usage, #"{"weights":{"negative":-101}}"#, ["weights.negative"]),
        (.usage, #"{"weights":{"other":1}}"#, ["weights.other"]),
        (.usage, #"{"ignoredFeatures":[1]}"#, ["ignoredFeatures[0]"]),
        (.usage, #"{"ignoredFeatures":"x"}"#, ["ignoredFeatures"]),
    ]

    @Test(arguments: Self.bad.indices)
    func mistakesAreNamedWithTheirPath(index: Int) throws {
        let (kind, text, paths) = Self.bad[index]
        #expect(try Set(self.mistakes(kind, text)) == Set(paths), "\(text)")
    }

    @Test func tooManyAreRefused() throws {
        let persona = #"{"name":"N","conditions":[{"subject":"trait.a","operator":"exists"}]}"#
        let many = Array(repeating: persona, count: 51).joined(separator: ",")
        #expect(try self.mistakes(.persona, #"{"personas":[\#(many)]}"#) == ["personas"])
        let two = #"{"personas":[\#(persona),\#(persona)]}"#
        #expect(try self.mistakes(.persona, two) == ["personas[1].name"])
    }

    static let good: [(kind: ScannerKind, text: String)] = [
        (.role, "{}"), (.role, #"{"titleTrait":"job","rules":[{"words":"a b","function":"it","seniority":null}]}"#),
        (
            .persona,
            """
            {"pick":"best","personas":[{"name":"<b>","description":"d","match":"half","conditions":[
            {"subject":"role.function","operator":"isOneOf","value":["it","legal"],"weight":2.5},
            {"subject":"usage.A.b c.uses30","operator":"between","value":[1,20.5]},
            {"subject":"company.data.company.country","operator":"isNot","value":"DE"},
            {"subject":"data.isBot","operator":"is","value":false},
            {"subject":"trait.x","operator":"isMissing"}]}]}
            """
        ),
        (
            .icp,
            """
            {"rules":[{"name":"A","points":30,"when":[{"subject":"company.knownPeople","operator":"atLeast","value":3}]},
            {"name":"B","points":-5.5,"when":[{"subject":"usage.F.negative","operator":"atLeast","value":1}]}]}
            """
        ),
        (.usage, #"{"weights":{"positive":5},"ignoredFeatures":["Heartbeat"]}"#),
    ]

    @Test(arguments: Self.good.indices)
    func writingAndReadingGivesTheSame(index: Int) throws {
        let (kind, text) = Self.good[index]
        let definition = try ScannerDefinition.parse(kind: kind, JSONParser().parse(Array(text.utf8)).root)
        let again = try ScannerDefinition.parse(kind: kind, JSONParser().parse(definition.json()).root)
        #expect(again == definition)
        #expect(again.json() == definition.json())
    }

    @Test(arguments: ScannerKind.allCases)
    func theStandardDefinitionsAreRight(kind: ScannerKind) throws {
        let standard = ScannerDefinition.standard(kind)
        #expect(try ScannerDefinition.parse(kind: kind, JSONParser().parse(standard.json()).root) == standard)
        #expect(!standard.summary.isEmpty)
    }
}
