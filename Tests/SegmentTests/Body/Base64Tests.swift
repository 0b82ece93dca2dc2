import Testing

@testable import Segment

struct Base64Tests {
    @Test(
        "Both alphabets, with and without padding, with blanks for plus",
        arguments: [
            ("", ""), ("YQ==", "a"), ("YQ=", "a"), ("YQ", "a"), ("YWI=", "ab"), ("YWI", "ab"), ("YWJj", "abc"),
            ("YWJjZA", "abcd"), ("Pz8/Pj4+", "???>>>"), ("Pz8_Pj4-", "???>>>"), ("Pz8/Pj4 ", "???>>>"),
            ("Pz8_Pj4+", "???>>>"),
        ]
    )
    func decodes(text: String, expected: String) {
        #expect(Base64.decode(text.utf8) == Array(expected.utf8))
    }

    @Test("What is no base64", arguments: ["Y", "YWJjZ", "YQ===", "Y=Q=", "YQ==YQ==", "Y*", "YQ\n", "é", "YQ==\0"])
    func refuses(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test("Every byte comes back")
    func allBytes() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for byte in UInt8.min...UInt8.max {
            let text = [alphabet[Int(byte >> 2)], alphabet[Int(byte << 4 & 0x3f)]]
            #expect(Base64.decode(text) == [byte])
        }
    }
}
