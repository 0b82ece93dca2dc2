import Foundation
import Testing

@testable import Gateway

@Suite struct RandomIdentifierTests {
    @Test func isAVersionFourUUID() throws {
        for _ in 0..<200 {
            let text = RandomIdentifier.uuid()
            let parsed = try #require(UUID(uuidString: text))
            #expect(parsed.uuidString.lowercased() == text)
            let letters = Array(text)
            #expect(letters[14] == "4")
            #expect("89ab".contains(letters[19]))
        }
    }

    @Test func aTraceIdHasThirtyTwoHexadecimalDigits() {
        let text = RandomIdentifier.traceId()
        #expect(text.utf8.count == 32)
        #expect(text.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }
}
