/// An e-mail address, as far as it says where somebody works.
///
/// A value; any thread.
struct EmailAddress: Sendable, Equatable {
    /// The host name after the `@`, lower-cased.
    let host: String

    /// - Returns: nil if it is not `local@dotted.host`: 320 bytes at most (RFC 3696), no white space.
    init?(_ text: String) {
        guard
            text.utf8.count <= 320, let at = text.lastIndex(of: "@"), at != text.startIndex,
            !text.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 }),
            let host = DomainName.normalised(text[text.index(after: at)...])
        else { return nil }
        self.host = host
    }

    /// The registrable domain of the employer; nil for mail services that anybody may have an address at.
    var workDomain: String? {
        guard let domain = DomainName.registrable(self.host), !FreeMailDomains.contains(domain) else { return nil }
        return domain
    }
}
