/// What kind of mail service an address is at. The raw values stand in answers and never change.
package enum EmailKind: String, CaseIterable, Sendable {
    case work
    case free
    case disposable
}

/// An e-mail address, as far as it tells where somebody works.
///
/// Not a validator: what comes after the last `@` must be a host name, what stands before it 1 to 64 bytes (RFC 5321
/// 4.5.3.1.1). `Name <a@b.example>` and `mailto:` are read too. A value; any thread.
package struct EmailAddress: Sendable, Equatable {
    private static let maximumBytes = 1024
    private static let roleAccounts: Set<String> = [
        "abuse", "accounting", "accounts", "admin", "administrator", "billing", "contact", "contato", "customerservice",
        "finance", "hello", "help", "helpdesk", "hostmaster", "hr", "info", "invoices", "it", "jobs", "kontakt", "mail",
        "marketing", "me", "no-reply", "noreply", "office", "operations", "postmaster", "press", "sales", "security",
        "service", "support", "team", "test", "user", "webmaster", "dev", "hi",
    ]

    /// Before the `@`, as it was sent.
    package let local: String
    /// See ``DomainName/normalised(_:)``.
    package let domain: String
    package let kind: EmailKind

    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumBytes else { return nil }
        var rest = Self.trimmed(text[...])
        if let open = rest.lastIndex(of: "<"), let close = rest.lastIndex(of: ">"), open < close {
            rest = rest[rest.index(after: open)..<close]
        }
        rest = Self.trimmed(rest)
        if rest.lowercased().hasPrefix("mailto:") {
            // What may follow the address is the mail to write (RFC 6068): `?subject=Hello`.
            rest = rest.dropFirst("mailto:".count).prefix { $0 != "?" }
        }
        guard let at = rest.lastIndex(of: "@") else { return nil }
        let local = rest[..<at]
        guard (1...64).contains(local.utf8.count), Self.isLocal(local),
            let domain = DomainName.normalised(rest[rest.index(after: at)...])
        else { return nil }
        self.local = String(local)
        self.domain = domain
        self.kind =
            if MailDomains.isDisposable(domain) {
                .disposable
            } else if MailDomains.isFree(domain) || MailDomains.isMachine(domain) {
                .free
            } else {
                .work
            }
    }

    /// The one spelling of the address, to compare: lower-case, the domain in ASCII, without a name or `mailto:`.
    package var normalised: String { "\(self.local.lowercased())@\(self.domain)" }

    /// What an e-mail is found by, whether it was sent or is asked for: the address in it, else the text itself.
    package static func searchKey(_ text: String) -> String {
        EmailAddress(text)?.normalised ?? String(self.trimmed(text[...])).lowercased()
    }

    /// Without what is not seen at both ends: white space, zero-width characters, marks of direction.
    private static func trimmed(_ text: Substring) -> Substring {
        func isInvisible(_ character: Character) -> Bool {
            character.isWhitespace
                || character.unicodeScalars.allSatisfy {
                    $0.properties.generalCategory == .format || $0.properties.generalCategory == .control
                }
        }
        var text = text.drop(while: isInvisible)
        while let last = text.last, isInvisible(last) { text.removeLast() }
        return text
    }

    /// Spaces, control characters and a second `@` stand in quotes only.
    private static func isLocal(_ local: Substring) -> Bool {
        if local.count >= 3, local.first == "\"", local.last == "\"" {
            return !local.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }
        return local.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x20 && scalar.value != 0x7f && !"@<>(),;:\\\"[]".unicodeScalars.contains(scalar)
                && !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
        }
    }

    /// Whether the address is that of a function, not of a person.
    package var isRoleAccount: Bool {
        Self.roleAccounts.contains(self.local.prefix { $0 != "+" }.lowercased())
    }

    /// The registrable domain of a company's address; nil for free-mail and throw-away ones.
    package var workDomain: String? {
        guard self.kind == .work, let domain = DomainName.registrable(self.domain) else { return nil }
        // `onmicrosoft.com` without a tenant is nobody's.
        return SharedSites.isHoldersOnly(domain) ? nil : domain
    }
}
