import Testing

@testable import HydraEngine

@Suite struct EmailAddressTests {
    @Test(arguments: [
        ("john.doe@example.com", "example.com"), ("John@Mail.Example.CO.UK", "example.co.uk"),
        (#""a@b"@example.org"#, "example.org"), ("x@live.example.com", "example.com"),
        ("x@example.com.", "example.com"),
    ])
    func knowsTheEmployer(text: String, domain: String) {
        #expect(EmailAddress(text)?.workDomain == domain)
    }

    @Test(arguments: [
        "a@gmail.com", "a@GMAIL.com", "a@yahoo.co.jp", "a@hotmail.fr", "a@gmx.de", "a@mailinator.com", "a@proton.me",
        "a@mail.yahoo.com", "a@co.uk",
    ])
    func aFreeAddressNamesNoEmployer(text: String) {
        #expect(EmailAddress(text) != nil)
        #expect(EmailAddress(text)?.workDomain == nil)
    }

    @Test(arguments: [
        "", "john", "@example.com", "john@", "john@localhost", "john doe@example.com", "a@192.0.2.1", "a@b\n.com",
    ])
    func whatIsNoAddress(text: String) {
        #expect(EmailAddress(text) == nil)
    }
}
