import HydraLimits
import Segment
import TestSupport

/// Draws requests from everything that the edge can be sent: each member absent, of every kind, at its limit, one below
/// and one beyond it, in every spelling of JSON, on every route. The same seed draws the same requests.
struct RequestGenerator {
    private var random: SeededRandom
    private let limits: SegmentLimits

    init(seed: UInt64, limits: SegmentLimits) {
        self.random = SeededRandom(seed: seed)
        self.limits = limits
    }

    struct Request {
        let body: [UInt8]
        let route: Route
        let facts: RequestFacts
    }

    mutating func request() -> Request {
        let route = self.pick([
            Route.event(.track), .event(.identify), .clientEvent(.track), .clientEvent(.identify), .batch, .clientBatch,
            .partner(source: "web"), .webhook(source: "web"),
        ])
        let isBatch = self.chance(4) || route == .batch || route == .clientBatch
        let body = isBatch ? self.batch() : self.event()
        return Request(
            body: Array(body.utf8),
            route: route,
            facts: RequestFacts(receivedAt: Timestamp(milliseconds: 1_767_323_045_678))
        )
    }

    // MARK: Events

    private mutating func batch() -> String {
        let items = (0..<self.pick([0, 1, 1, 2, 5])).map { _ in self.event() }.joined(separator: ",")
        if self.chance(5) { return "[\(items)]" }
        var members = [#""batch":[\#(items)]"#]
        if self.chance(2) { members.append(#""sentAt":\#(self.time())"#) }
        if self.chance(3) { members.append(#""context":\#(self.object(names: Self.contextNames))"#) }
        if self.chance(4) { members.append(#""integrations":\#(self.integrations())"#) }
        return "{\(members.shuffled(using: &self.random).joined(separator: ","))}"
    }

    private static let contextNames = ["ip", "direct", "traits", "library", "ipAddress", "a", ""]

    private mutating func event() -> String {
        if self.chance(60) { return self.value(depth: 2) }
        var members: [String] = []
        func add(_ name: String, _ value: String) { members.append("\(name):\(value)") }
        let type = self.chance(30) ? self.value(depth: 1) : self.pick([#""track""#, #""identify""#])
        if !self.chance(8) { add(self.name("type"), type) }
        if !self.chance(4) { add(self.name("messageId"), self.identifier(limit: CallLimits.identifierCharacters)) }
        if !self.chance(4) { add(self.name("userId"), self.identifier(limit: self.limits.identifierBytes)) }
        if self.chance(2) { add(self.name("anonymousId"), self.identifier(limit: self.limits.identifierBytes)) }
        if !self.chance(6) { add(self.name("event"), self.chance(12) ? self.value(depth: 1) : self.text()) }
        if !self.chance(3) { add(self.name("properties"), self.properties()) }
        if !self.chance(3) { add(self.name("traits"), self.chance(10) ? self.value(depth: 1) : self.object()) }
        if self.chance(2) {
            add(self.name("context"), self.chance(10) ? self.value(depth: 1) : self.object(names: Self.contextNames))
        }
        if self.chance(3) { add(self.name("integrations"), self.integrations()) }
        for name in ["timestamp", "originalTimestamp", "sentAt", "receivedAt"] where self.chance(2) {
            add(self.name(name), self.time())
        }
        // Names that a call gives a meaning of its own, and names that mean nothing.
        for name in [
            "source", "sequence", "feature", "eventFlag", "originalMessageId", "batch", "writeKey", "ip", "groupId",
            "x",
        ]
        where self.chance(9) {
            add(self.name(name), self.value(depth: 2))
        }
        // A name may stand twice: the last counts.
        if self.chance(12), let again = members.randomElement(using: &self.random) { members.append(again) }
        if self.chance(400) { add(#""filler""#, self.filler(near: self.limits.eventBytes)) }
        return "{\(members.shuffled(using: &self.random).joined(separator: self.pick([",", " ,\n"])))}"
    }

    private mutating func properties() -> String {
        if self.chance(10) { return self.value(depth: 1) }
        var members: [String] = []
        if self.chance(2) { members.append(#""feature":\#(self.value(depth: 2))"#) }
        if self.chance(400) { members.append(#""feature":\#(self.filler(near: self.limits.eventBytes - 300))"#) }
        if self.chance(2) {
            let flag = self.pick([#""Positive""#, #""NEGATIVE""#, #""neutral""#, #""great""#, #""\u0050ositive""#])
            members.append(#""eventFlag":\#(self.chance(6) ? self.value(depth: 1) : flag)"#)
        }
        if self.chance(40) { members.append(#""deep":\#(self.nested())"#) }
        return "{\(members.joined(separator: ","))}"
    }

    private mutating func integrations() -> String {
        if self.chance(10) { return self.value(depth: 1) }
        let members = (0..<self.pick([0, 1, 2])).map { _ in
            "\(self.pick([#""All""#, #""all""#, #""Hydra""#, #""hydra""#, #""X""#])):\(self.pick(["true", "false", "{}", "null"]))"
        }
        return "{\(members.joined(separator: ","))}"
    }

    // MARK: Values

    /// An id: of every kind, empty, at its limit, one below, and far beyond; of letters that take one to four bytes.
    private mutating func identifier(limit: Int) -> String {
        switch self.pick(Array(0..<10)) {
        case 0: return self.value(depth: 1)
        case 1: return self.number()
        case 2, 3:
            let unit = self.pick(["a", "é", "漢", "😀", #"\u0000"#, #"\n"#, #"\ud83d\ude00"#, "%", " "])
            let bytes = unit.hasPrefix(#"\ud"#) ? 4 : unit.hasPrefix("\\") ? 1 : unit.utf8.count
            let count = limit / bytes + self.pick([-1, 0, 0, 1, limit])
            return "\"\(String(repeating: unit, count: max(0, count)))\(self.pick(["", "a", "aaa"]))\""
        default: return self.text()
        }
    }

    /// Texts at the borders of what a time is: years 0, 1 and 9999 with offsets, zero times, numbers of every size.
    private mutating func time() -> String {
        switch self.pick(Array(0..<6)) {
        case 0: return self.value(depth: 1)
        case 1: return self.number()
        case 2:
            let year = self.pick(["0000", "0001", "0002", "1969", "1970", "2026", "9998", "9999", "10000", "-001"])
            let day = self.pick(["01-01", "12-31", "02-29", "02-30", "13-01", "1-1"])
            let clock = self.pick(["", "T00:00:00", "T23:59:59.999", "T23:59:60", "T24:00:00", " 12:00", "T05"])
            let zone = self.pick(["", "Z", "z", "+14:00", "-14:00", "+23:59", "-23:59", "+02:00", " UTC", "?"])
            return "\"\(year)-\(day)\(clock)\(zone)\""
        case 3:
            return self.pick([
                #""0001-01-01T00:00:00Z""#, #""0001-01-01T00:00:00+02:00""#, #""0000-00-00 00:00:00""#, "0", "-0",
                "1e3",
                "-62135596800000", "-62135596800001", "-62167219200000", "253402300799999", "253402300800000",
                "253402300799", "-62135596800", #""Invalid Date""#, #""""#, "null",
                #""2026\u002d01-02T03:04:05Z""#, #""2026\u000001\u000002T03\u000004\u000005Z""#,
            ])
        default:
            // Near the clock of the request: what a skew of its own moves.
            let seconds = Int.random(in: -90_000...90_000, using: &self.random)
            return String(1_767_323_045_678 + seconds * 1_000)
        }
    }

    private mutating func number() -> String {
        self.pick([
            "0", "-0", "42", "4.2e1", "42.0", "1e64", "1e65", "1e400", "-1e-64", "9007199254740993", "0.1",
            String(repeating: "9", count: self.pick([15, 16, 19, 20, 30, 1_023, 1_024, 1_025])),
        ])
    }

    private mutating func text() -> String {
        self.pick([
            #""a""#, #""""#, #""u-1""#, #""Ä 漢 😀""#, #""\u0000""#, #""\ud800""#, #""null""#, #""  ""#, #""a\nb""#,
            #""\u001b[31m""#, "\"\(Int.random(in: 0...1_000_000, using: &self.random))\"",
        ])
    }

    private mutating func value(depth: Int) -> String {
        switch self.pick(Array(0..<9)) {
        case 0: return "null"
        case 1: return self.pick(["true", "false"])
        case 2: return self.number()
        case 3: return self.pick(["[]", "{}", "[[]]", "NaN", "-Infinity"])
        case 4 where depth > 0: return "[\(self.value(depth: depth - 1))]"
        case 5 where depth > 0: return self.object()
        default: return self.text()
        }
    }

    private mutating func object(names: [String] = ["email", "company", "name", "a", "A", ""]) -> String {
        let count = self.pick([0, 1, 2, 3])
        var members = (0..<count).map { _ in "\(self.name(self.pick(names))):\(self.value(depth: 2))" }
        if self.chance(40) { members.append(#""deep":\#(self.nested())"#) }
        return "{\(members.joined(separator: ","))}"
    }

    /// Arrays inside each other, around the limits of both ends.
    private mutating func nested() -> String {
        let levels = self.pick([2, self.limits.depth, CallLimits.depth]) + self.pick([-2, -1, 0, 1])
        return String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }

    private mutating func filler(near bytes: Int) -> String {
        let unit = self.pick(["x", "é", #"\u0041"#])
        return "\"\(String(repeating: unit, count: max(0, bytes - self.pick([0, 40, 200, 1_000])) / unit.utf8.count))\""
    }

    /// A member's name, now and then written with an escape.
    private mutating func name(_ name: String) -> String {
        guard self.chance(25), let first = name.unicodeScalars.first else { return "\"\(name)\"" }
        let digits = String(first.value, radix: 16)
        return "\"\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)\(name.dropFirst())\""
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &self.random)]
    }

    /// True once in so many draws.
    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &self.random) == 0 }
}
