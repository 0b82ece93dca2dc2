import Testing

@testable import HydraScreens

@Suite struct PasswordHashTests {
    private let cost = PasswordHash.Cost(rounds: 16, blockSize: 8, parallelism: 1)

    @Test func onlyThePasswordMatchesAndTheSaltIsNewEachTime() throws {
        let hash = try PasswordHash(of: "correct horse", cost: self.cost)
        #expect(try hash.matches("correct horse"))
        #expect(try !hash.matches("correct horsf"))
        #expect(try !hash.matches(""))
        #expect(try PasswordHash(of: "correct horse", cost: self.cost).text != hash.text)
    }

    @Test func itComesBackFromItsTextWithItsParameters() throws {
        let hash = try PasswordHash(of: "correct horse", cost: self.cost)
        let read = try #require(PasswordHash(text: hash.text))
        #expect(read == hash)
        #expect(read.cost == self.cost)
        #expect(hash.text.hasPrefix("scrypt$16,8,1$"))
        #expect(try read.matches("correct horse"))
    }

    /// The same letter from another keyboard.
    @Test func lettersMatchHoweverTheyAreComposed() throws {
        let hash = try PasswordHash(of: "Zu\u{308}rich is far", cost: self.cost)
        #expect(try hash.matches("Z\u{fc}rich is far"))
    }

    /// RFC 7914, section 12, through the same function: what is kept can be checked by any scrypt.
    @Test func theStandardCostIsWhatIsAdvised() {
        #expect(PasswordHash.Cost() == PasswordHash.Cost(rounds: 32_768, blockSize: 8, parallelism: 3))
    }

    @Test(arguments: [
        "", "scrypt", "scrypt$16,8,1$$", "bcrypt$16,8,1$00$00", "scrypt$15,8,1$SALT$HASH", "scrypt$16,8$SALT$HASH",
        "scrypt$1099511627776,8,1$SALT$HASH", "scrypt$1048576,32,16$SALT$HASH", "scrypt$0,8,1$SALT$HASH",
        "scrypt$-16,8,1$SALT$HASH", "scrypt$16,8,1,1$SALT$HASH", "scrypt$16,8,1$SALT$HASH$",
    ])
    func whatIsNoHashIsRefused(text: String) {
        let text = text.replacing("SALT", with: String(repeating: "0", count: 26))
            .replacing("HASH", with: String(repeating: "0", count: 52))
        #expect(PasswordHash(text: text) == nil)
    }

    @Test func madePasswordsHaveEnoughChanceAndDiffer() {
        let passwords = Set((0..<100).map { _ in RandomPassword.make() })
        #expect(passwords.count == 100)
        #expect(passwords.allSatisfy { $0.wholeMatch(of: /(?:[0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}/) != nil })
    }
}
