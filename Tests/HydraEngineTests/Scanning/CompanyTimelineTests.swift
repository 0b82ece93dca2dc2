import Testing

@testable import HydraEngine

/// Use counts for the company of its day.
@Suite struct CompanyTimelineTests {
    static let cases: [(namings: [(day: Int64, company: Int64)], current: Int64?, expected: String)] = [
        ([], nil, ""),
        ([], 1, "1:…–…"),
        ([(5, 1)], 1, "1:…–…"),
        ([(5, 1), (9, 1)], 1, "1:…–…"),
        ([(5, 1), (9, 2)], 2, "1:…–8 2:9–…"),
        ([(5, 1), (9, 2), (20, 1)], 1, "1:…–8 2:9–19 1:20–…"),
        ([(5, 1), (9, 2), (9, 3)], 3, "1:…–8 3:9–…"),
        ([(5, 1), (9, 2), (9, 1)], 1, "1:…–…"),
        ([(5, 1), (5, 2)], 2, "1:…–4 2:5–…"),
        ([(5, 1), (9, 2)], 3, "1:…–8 3:9–…"),
        ([(5, 1)], nil, "1:…–…"),
    ]

    @Test(arguments: Self.cases.indices)
    func spansFollowTheCalls(index: Int) {
        let (namings, current, expected) = Self.cases[index]
        let spans = CompanyTimeline.spans(namings, current: current)
        let text = spans.map { span in
            let from = span.from == Int64.min ? "…" : "\(span.from)"
            return "\(span.company):\(from)–\(span.until == Int64.max ? "…" : "\(span.until)")"
        }
        #expect(text.joined(separator: " ") == expected)
    }
}
