/// Host names, and which part of one a company registers. All results are lower-case ASCII.
///
/// Stateless; any thread.
package enum DomainName {
    /// Bytes of a text that is looked at: longer ones are no names (RFC 1035 2.3.4: 253), also not with what a URL has
    /// around them.
    private static let maximumText = 4096

    /// Reads a host from a domain, a URL or a website trait: `https://www.Example.co.uk/about` is
    /// `www.example.co.uk`.
    ///
    /// - Returns: nil if there is no dotted name; an IP address is not a name.
    package static func host(_ text: String) -> String? {
        guard text.utf8.count <= self.maximumText else { return nil }
        var rest = Substring(text)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        rest = rest.prefix { !"/?#".contains($0) }
        if let user = rest.lastIndex(of: "@") { rest = rest[rest.index(after: user)...] }
        if let port = rest.lastIndex(of: ":") { rest = rest[..<port] }
        return self.normalised(rest)
    }

    /// Lower-cased, in ASCII, without spaces around it and without a trailing dot; nil if it is not a dotted name.
    package static func normalised(_ text: some StringProtocol) -> String? {
        guard text.utf8.count <= self.maximumText else { return nil }
        var name = String(text.drop(while: \.isWhitespace))
        while name.last?.isWhitespace == true { name.removeLast() }
        if name.utf8.allSatisfy({ $0 < 0x80 }) {
            name = name.lowercased()
            // Names in the other spelling of internationalised ones are checked too.
            if name.hasPrefix("xn--") || name.contains(".xn--") {
                guard let ascii = InternationalName.ascii(name) else { return nil }
                name = ascii
            }
        } else {
            guard let ascii = InternationalName.ascii(name) else { return nil }
            name = ascii
        }
        if name.utf8.last == UInt8(ascii: ".") { name.removeLast() }
        // 253 is the longest name, 63 the longest label (RFC 1035 2.3.4).
        guard name.utf8.count <= 253 else { return nil }
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy({ self.isLabel($0) }) else { return nil }
        // The last label of an IPv4 address is a number, that of a name never is.
        guard let top = labels.last, !top.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return name
    }

    private static func isLabel(_ label: Substring.UTF8View.SubSequence) -> Bool {
        guard let first = label.first, let last = label.last, label.count <= 63 else { return false }
        guard first != UInt8(ascii: "-"), last != UInt8(ascii: "-") else { return false }
        return label.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// The part of a host name that somebody registered: the public suffix and one label. Suffixes under which hosters
    /// let anybody have a name (`github.io`, `onmicrosoft.com`) count as well: `acme.github.io` is not GitHub.
    ///
    /// - Parameter host: of ``host(_:)`` or ``normalised(_:)``.
    /// - Returns: nil if the name is itself a public suffix.
    package static func registrable(_ host: String) -> String? {
        SharedSites.holder(host) ?? PublicSuffixList.registrable(host)
    }
}
