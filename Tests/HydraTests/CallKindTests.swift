import Hydra
import Testing

struct CallKindTests {
    @Test func rawValuesStandInStoredRows() {
        #expect(CallKind.identify.rawValue == 1)
        #expect(CallKind.track.rawValue == 2)
    }

    @Test(arguments: CallKind.allCases)
    func pathEndsWithName(kind: CallKind) {
        #expect(kind.path == "/v1/\(kind.name)")
        #expect(CallKind(name: kind.name) == kind)
    }

    @Test(arguments: ["", "Identify", "page", "screen", "group", "alias", "delete", "track "])
    func otherNamesAreNoKind(name: String) {
        #expect(CallKind(name: name) == nil)
    }
}
