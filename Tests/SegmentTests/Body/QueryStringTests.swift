import Segment
import Testing

struct QueryStringTests {
    @Test(
        "Names and values are decoded; a bad escape stays as it is",
        arguments: [
            ("", []), ("&&", []), ("a", ["a", ""]), ("a=", ["a", ""]), ("=b", ["", "b"]), ("a=b=c", ["a", "b=c"]),
            ("a%20b=c+d", ["a b", "c d"]), ("a=%C3%A9", ["a", "é"]), ("a=%c3%a9", ["a", "é"]), ("a=%", ["a", "%"]),
            ("a=%4", ["a", "%4"]), ("a=%4g", ["a", "%4g"]), ("a=%%41", ["a", "%A"]), ("a=%00", ["a", "\0"]),
            ("a=1&a=2", ["a", "1", "a", "2"]), ("a=1;b=2", ["a", "1;b=2"]), ("%61=%62", ["a", "b"]),
        ]
    )
    func decodes(query: String, expected: [String]) throws {
        let parameters = try #require(QueryString(query)).parameters
        #expect(parameters.flatMap { [$0.name, $0.value] } == expected)
    }

    @Test("Bytes that are no UTF-8 are refused", arguments: ["a=%ff", "%c3=a", "a=%ED%A0%80", "x=1&a=%80"])
    func refuses(query: String) {
        #expect(QueryString(query) == nil)
        let facts = RequestFacts(receivedAt: now, query: query)
        #expect(refusal([], route: .pixel(.track), facts: facts) == .badQuery)
    }

    @Test("The last of equal names counts")
    func lastWins() throws {
        let query = try #require(QueryString("a=1&b=2&a=3"))
        #expect(query["a"] == "3")
        #expect(query["c"] == nil)
    }

    @Test(
        "Whether a parameter is there is known without decoding",
        arguments: [
            ("data=x", true), ("a=1&data=x", true), ("data=", false), ("data", false), ("xdata=1", false),
            ("dat=a", false),
            ("", false), ("a=data=1", false),
        ]
    )
    func presence(query: String, isThere: Bool) {
        #expect(QueryString.has("data", in: query) == isThere)
    }
}
