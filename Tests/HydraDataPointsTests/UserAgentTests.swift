import Testing

@testable import HydraDataPoints

@Suite struct UserAgentTests {
    static let agents: [(text: String, expected: String)] = [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            "Chrome 142.0.0.0 Windows 10.0 desktop"
        ),
        (
            """
            Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
            Safari/537.36 Edg/142.0.0.0
            """,
            "Edge 142.0.0.0 Windows 10.0 desktop"
        ),
        (
            """
            Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 \
            Safari/605.1.15
            """,
            "Safari 18.1 macOS 10.15.7 desktop"
        ),
        (
            """
            Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 \
            Mobile/15E148 Safari/604.1
            """,
            "Safari 18.1 iOS 18.1 phone"
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile",
            "Chrome 126.0 iPadOS 17.5 tablet"
        ),
        (
            """
            Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile \
            Safari/537.36
            """,
            "Chrome 142.0.0.0 Android 15 phone"
        ),
        (
            """
            Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 \
            Chrome/125.0.0.0 Safari/537.36
            """,
            "Samsung Internet 27.0 Android 14 tablet"
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140.0 Linux - desktop"),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
            "Chrome 130.0 ChromeOS - desktop"
        ),
        ("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer 11.0 Windows 6.1 desktop"),
        ("analytics-ios/4.1.8", "- - - - -"),
        ("", "- - - - -"),
    ]

    @Test(arguments: Self.agents.indices)
    func readsTheUsualOnes(index: Int) {
        let (text, expected) = Self.agents[index]
        let agent = UserAgent(text)
        let parts = [agent.browser, agent.browserVersion, agent.system, agent.systemVersion, agent.device]
        #expect(parts.map { $0 ?? "-" }.joined(separator: " ") == expected)
        #expect(!agent.isBot)
    }

    @Test(arguments: [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.5.0",
        "python-requests/2.32", "facebookexternalhit/1.1",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0",
    ])
    func knowsBots(text: String) {
        #expect(UserAgent(text).isBot)
    }

    @Test func aHostileOneIsReadLikeOthers() {
        #expect(UserAgent(String(repeating: "Chrome/", count: 100_000)).browser == "Chrome")
        #expect(UserAgent("Chrome/\u{0}\u{202E}").browserVersion == nil)
    }
}
