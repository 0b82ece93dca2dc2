/// What a browser says of itself, as far as it can be believed.
///
/// Reads the few products that nearly everybody uses, by the tokens that only they have; the order decides, since each
/// one claims to be its forerunners. Linear in at most 1,024 characters. A value; any thread.
struct UserAgent: Sendable, Equatable {
    private static let maximumCharacters = 1024

    let browser: String?
    let browserVersion: String?
    let system: String?
    let systemVersion: String?
    /// `desktop`, `phone`, `tablet`.
    let device: String?
    let isBot: Bool

    private static let browsers: [(token: String, name: String, version: String)] = [
        ("Edg/", "Edge", "Edg/"), ("EdgA/", "Edge", "EdgA/"), ("EdgiOS/", "Edge", "EdgiOS/"),
        ("OPR/", "Opera", "OPR/"), ("SamsungBrowser/", "Samsung Internet", "SamsungBrowser/"),
        ("Vivaldi/", "Vivaldi", "Vivaldi/"), ("YaBrowser/", "Yandex", "YaBrowser/"),
        ("FxiOS/", "Firefox", "FxiOS/"), ("Firefox/", "Firefox", "Firefox/"), ("CriOS/", "Chrome", "CriOS/"),
        ("HeadlessChrome/", "Chrome", "HeadlessChrome/"), ("Chrome/", "Chrome", "Chrome/"),
        ("Version/", "Safari", "Version/"), ("MSIE ", "Internet Explorer", "MSIE "),
        ("Trident/", "Internet Explorer", "rv:"),
    ]

    private static let bots = [
        "bot", "crawl", "spider", "slurp", "curl/", "wget/", "python-requests", "headlesschrome", "lighthouse",
        "monitor",
        "preview", "facebookexternalhit",
    ]

    init(_ text: String) {
        let text = text.cut(Self.maximumCharacters)
        let found = Self.browsers.first { text.contains($0.token) && ($0.name != "Safari" || text.contains("Safari/")) }
        self.browser = found?.name
        self.browserVersion = found.flatMap { Self.version(behind: $0.version, in: text) }
        if text.contains("iPhone") || text.contains("iPad") || text.contains("iPod") {
            self.system = text.contains("iPad") ? "iPadOS" : "iOS"
            self.systemVersion = Self.version(behind: "OS ", in: text)
            self.device = text.contains("iPad") ? "tablet" : "phone"
        } else if text.contains("Android") {
            self.system = "Android"
            self.systemVersion = Self.version(behind: "Android ", in: text)
            self.device = text.contains("Mobile") ? "phone" : "tablet"
        } else if text.contains("Windows") {
            self.system = "Windows"
            self.systemVersion = Self.version(behind: "Windows NT ", in: text)
            self.device = "desktop"
        } else if text.contains("CrOS") {
            self.system = "ChromeOS"
            self.systemVersion = nil
            self.device = "desktop"
        } else if text.contains("Mac OS X") || text.contains("Macintosh") {
            self.system = "macOS"
            self.systemVersion = Self.version(behind: "Mac OS X ", in: text)
            self.device = "desktop"
        } else if text.contains("Linux") || text.contains("X11") {
            self.system = "Linux"
            self.systemVersion = nil
            self.device = "desktop"
        } else {
            self.system = nil
            self.systemVersion = nil
            self.device = nil
        }
        let lower = text.lowercased()
        self.isBot = Self.bots.contains { lower.contains($0) }
    }

    /// Digits, with points or underlines between them.
    private static func version(behind token: String, in text: String) -> String? {
        guard let range = text.firstRange(of: token) else { return nil }
        let version = text[range.upperBound...].prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
        guard version.first?.isNumber == true else { return nil }
        return String(version.prefix(32)).replacing("_", with: ".")
    }
}
