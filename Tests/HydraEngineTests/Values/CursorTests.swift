import Foundation
import Testing

@testable import HydraEngine

@Suite struct CursorTests {
    private let salt = AccountSalt.random()

    @Test(arguments: [(Int64(0), Int64(1)), (.max, .min), (-5, 1_767_323_045_678)])
    func comesBackAsItWas(position: Int64, row: Int64) {
        let cursor = Cursor(position: position, row: row)
        let text = cursor.text(scope: "list", salt: self.salt)
        #expect(Cursor(text: text, scope: "list", salt: self.salt) == cursor)
        #expect(Cursor(text: text, scope: "other", salt: self.salt) == nil)
        #expect(Cursor(text: text, scope: "list", salt: .random()) == nil)
    }

    @Test func noticesEveryChangedCharacter() {
        let text = Cursor(position: 3, row: 4).text(scope: "list", salt: self.salt)
        for index in text.indices {
            for replacement in ["0", "1"] where String(text[index]) != replacement {
                let changed = text.replacingCharacters(in: index...index, with: replacement)
                #expect(Cursor(text: changed, scope: "list", salt: self.salt) == nil)
            }
        }
        #expect(Cursor(text: text + "0", scope: "list", salt: self.salt) == nil)
        #expect(Cursor(text: "", scope: "list", salt: self.salt) == nil)
    }
}
