/// Host names, and which part of one a company registers.
enum DomainName {
    /// Reads a host from a domain, a URL or a website trait: `https://www.Example.co.uk/about` is
    /// `www.example.co.uk`.
    ///
    /// - Returns: nil if there is no dotted name of letters, digits, hyphens and non-ASCII characters; an IP address
    ///   is not a name.
    static func host(_ text: String) -> String? {
        var rest = Substring(text)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        rest = rest.prefix { !"/?#".contains($0) }
        if let user = rest.lastIndex(of: "@") { rest = rest[rest.index(after: user)...] }
        if let port = rest.lastIndex(of: ":") { rest = rest[..<port] }
        return self.normalised(rest)
    }

    /// Lower-cased, without a trailing dot; nil if it is not a dotted name.
    static func normalised(_ text: some StringProtocol) -> String? {
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        // 253 is the longest name, 63 the longest label (RFC 1035 2.3.4).
        guard name.utf8.count <= 253 else { return nil }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy({ self.isLabel($0) }) else { return nil }
        // The last label of an IPv4 address is a number, that of a name never is.
        guard let top = labels.last, !top.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return name
    }

    private static func isLabel(_ label: Substring) -> Bool {
        guard !label.isEmpty, label.utf8.count <= 63, label.first != "-", label.last != "-" else { return false }
        return label.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "0"..."9", "-", "_": true
            default: scalar.value >= 0x80 && !scalar.properties.isWhitespace
            }
        }
    }

    /// The part of a host name that someone registered: the public suffix and one label.
    ///
    /// - Returns: nil if the name is itself a public suffix.
    static func registrable(_ host: String) -> String? {
        let labels = host.split(separator: ".")
        guard labels.count >= 2 else { return nil }
        let two = labels.suffix(2).joined(separator: ".")
        guard self.twoLabelSuffixes.contains(two) else { return two }
        return labels.count >= 3 ? labels.suffix(3).joined(separator: ".") : nil
    }

    /// Suffixes of two labels under which the public registers, for the countries that have them; of the names in the
    /// public suffix list (publicsuffix.org) those under which most companies are.
    private static let twoLabelSuffixes: Set<String> = {
        let secondLevels: [(top: String, names: String)] = [
            ("ar", "com edu gob gov mil net org tur"), ("at", "ac co gv or"), ("au", "asn com edu gov id net org"),
            ("bd", "com edu gov net org"), ("br", "adv art blog com eco edu eng gov ind med net org"),
            ("cn", "ac com edu gov net org"), ("co", "com edu gov net nom org"), ("cr", "ac co fi go or"),
            ("cy", "ac com gov net org"), ("ec", "com edu fin gob gov net org"), ("eg", "com edu gov net org"),
            ("es", "com edu gob nom org"), ("gh", "com edu gov org"), ("gr", "com edu gov net org"),
            ("hk", "com edu gov idv net org"), ("hu", "co info org"), ("id", "ac co go or sch web"),
            ("il", "ac co gov muni net org"), ("in", "ac co edu firm gen gov ind net nic org res"),
            ("jp", "ac ad co ed go gr lg ne or"), ("ke", "ac co go ne or sc"), ("kr", "ac co go ne or pe re"),
            ("lk", "ac com edu gov net org"), ("ma", "ac co gov net org"), ("mx", "com edu gob net org"),
            ("my", "com edu gov name net org"), ("ng", "com edu gov net org"), ("np", "com edu gov net org"),
            ("nz", "ac co geek gen govt iwi maori net org school"), ("pe", "com edu gob net nom org"),
            ("ph", "com edu gov net org"), ("pk", "com edu fam gov net org"), ("pl", "com edu gov info net org"),
            ("pt", "com edu gov org"), ("py", "com edu gov net org"), ("ro", "com info org"),
            ("sa", "com edu gov med net org"), ("sg", "com edu gov net org per"), ("th", "ac co go in or"),
            ("tr", "av bel com edu gen gov info name net org web"), ("tw", "com edu gov idv net org"),
            ("ua", "com edu gov in net org"), ("ug", "ac co go or"),
            ("uk", "ac co gov ltd me net nhs org plc police sch"),
            ("uy", "com edu gub net org"), ("ve", "co com edu gob net org web"), ("vn", "ac com edu gov net org"),
            ("za", "ac co edu gov law net org web"), ("zw", "ac co gov org"),
        ]
        return Set(
            secondLevels.flatMap { country in country.names.split(separator: " ").map { "\($0).\(country.top)" } }
        )
    }()
}
