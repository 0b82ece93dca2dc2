import Testing

@testable import HydraDataPoints

@Suite struct EmailAddressTests {
    @Test(arguments: [
        ("john.doe@example.com", "example.com"), ("John@Mail.Example.CO.UK", "example.co.uk"),
        (#""a@b"@example.org"#, "example.org"), ("x@live.example.com", "example.com"),
        ("x@example.com.", "example.com"), ("John <x@example.com>", "example.com"),
        ("mailto:x@example.com", "example.com"),
        ("  x@bücher.example ", "xn--bcher-kva.example"),
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
        ("a@gmail.com", EmailKind.free), ("a@yahoo.com.br", .free), ("a@mailinator.com", .disposable),
        ("a@x.mailinator.com", .disposable), ("a@acme.example", .work), ("a@yandex.ru", .free), ("a@gmx.net", .free),
    ])
    func knowsTheKindOfMail(text: String, kind: EmailKind) {
        #expect(EmailAddress(text)?.kind == kind)
    }

    /// What is indexed and what is asked for is read by one rule.
    @Test(arguments: [
        " sp@x.example ", "Sp <sp@X.example>", "\"Sp, P.\" <sp@x.example>", "mailto:sp@x.example",
        "MAILTO:SP@x.example",
        "sp@x.example.", "sp@x.example\n", "\tsp@x.example\r\n", "\u{200B}sp@x.example\u{FEFF}", "<sp@x.example>",
        "<mailto:sp@x.example>", "mailto:sp@x.example?subject=Hello", "\u{A0}sp@x.example",
    ])
    func oneSpelling(text: String) {
        #expect(EmailAddress(text)?.normalised == "sp@x.example")
        #expect(EmailAddress.searchKey(text) == "sp@x.example")
    }

    @Test(arguments: [(" No Address ", "no address"), ("", ""), ("A@BÜCHER.example", "a@xn--bcher-kva.example")])
    func whatIsNoAddressIsFoundByItsText(text: String, key: String) {
        #expect(EmailAddress.searchKey(text) == key)
    }

    @Test(arguments: [
        ("info@acme.example", true), ("Sales+eu@acme.example", true), ("john.doe@acme.example", false),
    ])
    func knowsTheAddressesOfFunctions(text: String, isRole: Bool) {
        #expect(EmailAddress(text)?.isRoleAccount == isRole)
    }

    @Test(arguments: [
        "", "john", "a@b@c.example", "a b@c.example", "😀", "\u{0}@a.example",
        String(repeating: "a", count: 65) + "@a.example",
        String(repeating: "a", count: 10_000) + "@a.example", "a@-b.example", "<>@a.example", "@example.com", "john@",
        "john@localhost", "john doe@example.com", "a@192.0.2.1", "a@b\n.com",
    ])
    func whatIsNoAddress(text: String) {
        #expect(EmailAddress(text) == nil)
    }
}
