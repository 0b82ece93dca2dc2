import Testing

@testable import Gateway

@Suite struct ValueFormTests {
    @Test(arguments: [
        ("0", Duration.zero), ("500ms", .milliseconds(500)), ("30s", .seconds(30)), ("5m", .seconds(300)),
        ("48h", .seconds(172_800)), ("7d", .seconds(604_800)), ("1h30m", .seconds(5400)), ("1h 30m", .seconds(5400)),
    ])
    func durations(text: String, expected: Duration) {
        #expect(DurationText.parse(text) == expected)
    }

    @Test(arguments: [
        "", "48", "h", "-1s", "1.5h", "1 h", "1w", "1S", "s1", "99999999999999999999s", "9223372036854775807d", "1h1",
    ])
    func notDurations(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [
        (Duration.zero, "0"), (.milliseconds(1), "1ms"), (.seconds(1), "1s"), (.seconds(90), "90s"),
        (.seconds(60), "1m"),
        (.seconds(172_800), "48h"), (.seconds(30 * 86_400), "30d"),
    ])
    func durationsInWords(duration: Duration, expected: String) {
        #expect(DurationText.format(duration) == expected)
        #expect(DurationText.parse(expected) == duration)
    }

    @Test(arguments: [
        ("0", Int64(0)), ("1048576", 1 << 20), ("1_000", 1000), ("64KiB", 64 << 10), ("10 GiB", 10 << 30),
        ("2TiB", 2 << 40),
        ("5MB", 5_000_000), ("7B", 7), ("3kB", 3000),
    ])
    func sizes(text: String, expected: Int64) {
        #expect(SizeText.parse(text) == expected)
    }

    @Test(arguments: [
        "", "GiB", "-1", "1.5GiB", "10gib", "10 G iB", "9223372036854775807KiB", "99999999999999999999", "1_0x",
    ])
    func notSizes(text: String) {
        #expect(SizeText.parse(text) == nil)
    }

    @Test(arguments: [
        ("http://a", "http://a"), ("https://Hydra.example.org/", "https://Hydra.example.org"),
        ("HTTPS://a.example:8443/x/y//", "https://a.example:8443/x/y"),
        ("http://127.0.0.1:8444", "http://127.0.0.1:8444"),
        ("http://[::1]:80/p", "http://[::1]:80/p"),
    ])
    func urls(text: String, expected: String) {
        #expect(WebAddress(url: text)?.text == expected)
    }

    @Test(arguments: [
        "", "a.example", "ftp://a", "http://", "https:///x", "http://user@a", "http://a:0", "http://a:65536",
        "http://a:x",
        "http://a:+80", "http://a?q", "http://a#f", "http://a b", "http://[::1", "http://[1.2.3.4]", "http://é",
        "http://-a",
        "http://a:80:90",
    ])
    func notURLs(text: String) {
        #expect(WebAddress(url: text) == nil)
    }

    @Test(arguments: [
        ("unix:/run/a.sock", ListenSetting.unix(path: "/run/a.sock")), ("inherited", .inherited),
        ("tcp:127.0.0.1:9000", .tcp(host: "127.0.0.1", port: 9000)), ("tcp:[::1]:9000", .tcp(host: "::1", port: 9000)),
        ("tcp:localhost:9000", .tcp(host: "localhost", port: 9000)),
    ])
    func listenAddresses(text: String, expected: ListenSetting) {
        let parsed = ValueForm<ListenSetting>.listen.parse(text)
        #expect(parsed == expected)
        #expect(parsed?.description == text)
        #expect(parsed?.isLocal == true)
    }

    @Test(arguments: [
        "", "unix:", "unix:a", "tcp:9000", "tcp:127.0.0.1", "tcp:a.example:9000", "tcp:127.0.0.1:9000/",
        "udp:1.2.3.4:5",
        "unix:/" + String(repeating: "a", count: 107),
    ])
    func notListenAddresses(text: String) {
        #expect(ValueForm<ListenSetting>.listen.parse(text) == nil)
    }

    @Test(arguments: [
        ("levle", "level"), ("writekey", "writeKey"), ("wrokers", "workers"), ("colour", nil), ("x", nil),
    ])
    func nearestNames(name: String, expected: String?) {
        #expect(SettingName.nearest(name, in: ["level", "writeKey", "workers", "enabled"]) == expected)
    }
}
