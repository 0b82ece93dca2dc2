import Gateway
import Testing

@Suite struct EventNameFilterTests {
    @Test(
        arguments: [
            ([], [], "Any", true),
            (["Kept"], [], "Kept", true),
            (["Kept"], [], "Other", false),
            ([], ["Noise"], "Noise", false),
            ([], ["Noise"], "noise", true),
            (["Both"], ["Both"], "Both", false),
        ] as [([String], [String], String, Bool)]
    )
    func passesByName(allow: [String], deny: [String], name: String, expected: Bool) {
        #expect(EventNameFilter(allow: allow, deny: deny).passes(name) == expected)
    }

    @Test func anEventWithoutANameAlwaysPasses() {
        #expect(EventNameFilter(allow: ["Kept"]).passes(nil))
    }
}
