import HydraScanners
import JSON
import Testing

@testable import HydraScreens

@Suite struct ValueListTests {
    @Test(arguments: [
        ("a, b,c", ["a", "b", "c"]), ("", []), (" , ,", []), ("a b", ["a b"]), ("\"a, b\", c", ["a, b", "c"]),
        ("\"say \"\"hi\"\"\"", ["say \"hi\""]), ("a\nb", ["a", "b"]), ("\" x \"", [" x "]), ("5\" pipe", ["5\" pipe"]),
        ("\"open", ["open"]), ("\"\"", [""]),
    ])
    func valuesStandBetweenCommas(text: String, elements: [String]) {
        #expect(ValueList.elements(text) == elements)
    }

    @Test(arguments: [["a", "b"], ["a, b", "c\"d", " e "], ["", "x"], ["5\" pipe", "line\nbreak"]])
    func theyComeBackAsTheyWere(elements: [String]) {
        // An empty value cannot be typed without quotation marks, and is not worth them.
        #expect(ValueList.elements(ValueList.text(elements)) == elements.filter { !$0.isEmpty })
    }

    @Test(arguments: [
        ("5", "5"), ("-1.5", "-1.5"), ("1e3", "1000"), ("true", "true"), ("yes", "\"yes\""), ("nan", "\"nan\""),
        ("0x10", "\"0x10\""), ("+5", "5"), ("", "\"\""), ("1.2.3", "\"1.2.3\""), ("infinity", "\"infinity\""),
        ("1e999", "\"1e999\""), ("12 345", "\"12 345\""),
    ])
    func whatReadsLikeANumberIsOne(text: String, json: String) {
        var writer = JSONWriter()
        TypedValue.write(text, into: &writer)
        let written = String(decoding: writer.bytes, as: UTF8.self)
        #expect(written == json || written == json + ".0")
    }

    @Test(arguments: ScannerKind.allCases)
    func aStandardDefinitionComesThroughTheFormUnchanged(kind: ScannerKind) throws {
        let standard = ScannerDefinition.standard(kind)
        let draft = ScannerDraft(kind: kind)
        let bytes = try draft.definition().get()
        let read = try ScannerDefinition.parse(kind: kind, JSONParser().parse(bytes).root)
        #expect(read == standard)
    }

    @Test func rowsComeGoAndMove() {
        var draft = ScannerDraft(kind: .persona)
        let names = draft.groups.map(\.name)
        do {
            let isEdit = draft.edit("add:personas[0].conditions")
            #expect(isEdit)
        }
        #expect(draft.groups[0].conditions.count == 3)
        do {
            let isEdit = draft.edit("remove:personas[0].conditions[0]")
            #expect(isEdit)
        }
        #expect(draft.groups[0].conditions.count == 2)
        do {
            let isEdit = draft.edit("down:personas[0]")
            #expect(isEdit)
        }
        #expect(draft.groups.map(\.name).prefix(2) == [names[1], names[0]])
        do {
            let isEdit = draft.edit("up:personas[1]")
            #expect(isEdit)
        }
        #expect(draft.groups.map(\.name) == names)
        do {
            let isEdit = draft.edit("add:personas")
            #expect(isEdit)
        }
        #expect(draft.groups.count == names.count + 1)
        do {
            let isEdit = draft.edit("remove:personas[0]")
            #expect(isEdit)
        }
        #expect(draft.groups.first?.name == names[1])
        for action in [
            "remove:personas[99]", "remove:personas[-1]", "up:personas[0]", "add:personas[99].conditions",
            "remove:personas[0].conditions[99]", "add:personas[9999999999999999999999]", "down:personas[99]",
        ] {
            let before = draft.groups.count
            do {
                let isEdit = draft.edit(action)
                #expect(isEdit)
            }
            #expect((before...(before + 1)).contains(draft.groups.count), "\(action)")
        }
        do {
            let isEdit = draft.edit("save")
            #expect(!isEdit)
        }
        do {
            let isEdit = draft.edit("")
            #expect(!isEdit)
        }
        do {
            let isEdit = draft.edit("explode:personas[0]")
            #expect(!isEdit)
        }
    }

    @Test func jsonAndFormLeadToEachOther() throws {
        var draft = ScannerDraft(kind: .icp)
        let groups = draft.groups
        do {
            let isEdit = draft.edit("json")
            #expect(isEdit)
        }
        #expect(draft.isJSON)
        #expect(draft.json.contains("\n  \"rules\": ["))
        draft.groups = []
        do {
            let isEdit = draft.edit("form")
            #expect(isEdit)
        }
        #expect(!draft.isJSON)
        #expect(draft.groups == groups)
        draft.isJSON = true
        draft.json = "{oops"
        do {
            let isEdit = draft.edit("form")
            #expect(isEdit)
        }
        #expect(draft.isJSON)
        #expect(draft.json == "{oops")
    }

    @Test func pathsAreSaidInWords() {
        #expect(ScannerForm.words("definition.personas[0].conditions[1].value") == "Persona 1, condition 2, value")
        #expect(ScannerForm.words("definition.rules[2].when[0].subject") == "Rule 3, condition 1, subject")
        #expect(ScannerForm.words("definition") == "The definition")
        #expect(ScannerForm.words("name") == "Name")
        #expect(ScannerForm.id("definition.rules[2].when[0].subject") == "f-rules-2-when-0-subject")
    }
}
