extension ValueForm where Value == String {
    /// A path from the root: a service has no directory that a relative one could mean.
    static var absolutePath: Self {
        Self("use an absolute path, such as /var/lib/hydra-gateway") { text in
            text.hasPrefix("/") && !text.contains("\0") ? text : nil
        }
    }

    /// A user's name or number.
    static var user: Self {
        Self("use the name or number of a user of this machine") { UserDirectory.userID($0) == nil ? nil : $0 }
    }

    /// A group's name or number.
    static var group: Self {
        Self("use the name or number of a group of this machine") { UserDirectory.groupID($0) == nil ? nil : $0 }
    }

    static var address: Self {
        Self("use an IP address, such as 10.0.0.5 or fd00::5") { UserDirectory.isAddress($0) ? $0 : nil }
    }

    /// An IP address, or a star for all.
    static var addressOrAll: Self {
        Self("use an IP address or \"*\"") { $0 == "*" || UserDirectory.isAddress($0) ? $0 : nil }
    }

    /// A base URL, returned without trailing slashes.
    static var url: Self {
        Self("use a URL with http or https, a host, and no user, query or fragment, such as https://hydra.example.org")
        {
            WebAddress(url: $0)?.text
        }
    }

    /// The beginning of names in NATS, where dots, blanks and stars have a meaning.
    static var natsName: Self {
        Self("use 1 to 32 letters, digits, underscores or dashes") { text in
            (1...32).contains(text.utf8.count) && text.utf8.allSatisfy(Self.isWord) ? text : nil
        }
    }

    /// A user's name, which is sent as it is.
    static var natsUser: Self {
        Self("use 1 to 256 printable ASCII characters without blanks") { text in
            (1...256).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
        }
    }

    /// An origin as browsers send it, or a star for all.
    static var origin: Self {
        Self("use \"*\" or an origin such as https://www.example.org, without a path") { text in
            if text == "*" { return text }
            guard let address = WebAddress(url: text), address.path.isEmpty, !text.hasSuffix("/") else { return nil }
            return text.lowercased()
        }
    }

    /// A host with port and path if need be, without a scheme.
    static var publicHost: Self {
        Self("use a host without a scheme, such as events.example.org or example.org:8443/events") { text in
            guard !text.contains("://"), let address = WebAddress(url: "https://" + text) else { return nil }
            return String(address.text.dropFirst("https://".count))
        }
    }

    /// A responder's name, which also names its files.
    static var responder: Self {
        Self("use 1 to 64 letters, digits, dots, underscores or dashes, not beginning with a dot") { text in
            (1...64).contains(text.utf8.count) && !text.hasPrefix(".")
                && text.utf8.allSatisfy { Self.isWord($0) || $0 == UInt8(ascii: ".") } ? text : nil
        }
    }

    /// The name of a track event.
    static var eventName: Self {
        Self("use an event's name of 1 to 1024 bytes") { (1...1024).contains($0.utf8.count) ? $0 : nil }
    }

    /// The name of an environment variable.
    static var variable: Self {
        Self("use the name of an environment variable: letters, digits and underscores") { text in
            let isName = text.utf8.allSatisfy { Self.isWord($0) && $0 != UInt8(ascii: "-") }
            return !text.isEmpty && isName && text.first?.isNumber == false ? text : nil
        }
    }

    /// A key that goes into a Basic header and a path: the characters that would end it there are not allowed.
    static var writeKey: Self {
        Self("use 1 to 256 printable ASCII characters without blanks and none of : / ? # \" \\") { text in
            (1...256).contains(text.utf8.count)
                && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !":/?#\"\\".utf8.contains($0) } ? text : nil
        }
    }

    /// A key that goes into a Basic header.
    static var apiKey: Self {
        Self("use 1 to 512 printable ASCII characters without blanks and colons") { text in
            (1...512).contains(text.utf8.count)
                && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") } ? text : nil
        }
    }

    /// Any text that is not empty.
    static var sharedSecret: Self {
        Self("use 1 to 1024 bytes of text") { (1...1024).contains($0.utf8.count) ? $0 : nil }
    }

    static var sourceName: Self {
        Self("use 1 to 64 of the characters a-z, 0-9, _ and -") { text in
            (1...64).contains(text.utf8.count)
                && text.utf8.allSatisfy { Self.isWord($0) && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
                ? text : nil
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}

extension ValueForm where Value == ListenSetting {
    static var listen: Self {
        Self("use unix:/path (at most 107 bytes), tcp:ADDRESS:PORT such as tcp:127.0.0.1:9000, or inherited") { text in
            if text == "inherited" { return .inherited }
            if text.hasPrefix("unix:") {
                let path = String(text.dropFirst(5))
                return path.hasPrefix("/") && path.utf8.count <= 107 ? .unix(path: path) : nil
            }
            guard text.hasPrefix("tcp:"), let address = WebAddress(url: "http://" + text.dropFirst(4)),
                address.path.isEmpty, let port = address.port, !text.hasSuffix("/"),
                address.host == "localhost" || UserDirectory.isAddress(address.host)
            else { return nil }
            return .tcp(host: address.host, port: port)
        }
    }
}

extension ValueForm where Value == UInt32 {
    /// A user's number.
    static var userID: Self {
        Self("use the name or number of a user of this machine") { UserDirectory.userID($0) }
    }
}
