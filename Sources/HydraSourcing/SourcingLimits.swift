/// Bounds of what the network may send and how long it may take.
enum SourcingLimits {
    // MARK: DNS

    /// For one question, over all servers and attempts.
    static let question = Duration.seconds(5)
    /// For one attempt at one server, in milliseconds; the second attempt has twice as long.
    static let attemptMilliseconds: Int32 = 1_500
    static let attempts: Int32 = 2
    /// Questions at once; a lookup asks five, and few lookups run at once.
    static let questions = 128
    /// Addresses of a name: a name with more is not a company's site.
    static let addresses = 64
    /// Records of an answer that are read; large companies have some hundred.
    static let records = 200
    /// Bytes of a TXT record that are read: SPF and tokens are far shorter.
    static let textBytes = 2_048

    // MARK: Home page

    /// For a company's page: all names, redirects and connections together.
    static let page = Duration.seconds(10)
    static let connectSeconds: Int64 = 3
    /// Between two pieces of an answer.
    static let readSeconds: Int64 = 5
    /// Of a page: its head is at its beginning.
    static let pageBytes = 512 << 10
    /// Of a connection, whatever they are: a page in chunks, its head, TLS.
    static let connectionBytes = 2 << 20
    static let redirects = 5
    /// Of a URL in a redirect.
    static let urlBytes = 2_048
    /// Addresses of one host that are tried.
    static let connections = 2
    /// Of one tag: libxml2 compares each attribute of a tag with all before it.
    static let tagBytes = 32 << 10
    /// Elements of a page's head that are looked at.
    static let elements = 1_000
    /// Of an attribute or a title.
    static let attributeBytes = 8 << 10
    /// Of a JSON-LD script.
    static let scriptBytes = 128 << 10
    /// Objects of JSON-LD that are looked at.
    static let objects = 200

    // MARK: Data points

    static let textCharacters = 500
    static let listItems = 50
}
