import Metrics
import Testing

@testable import Telemetry

@Suite struct PrometheusTextMergeTests {
    private func merge(_ texts: [(String, String)]) -> ExpositionChecker {
        let merged = PrometheusText.merge(
            texts.map { .init(owner: $0.0, text: Array($0.1.utf8)) },
            label: "responder"
        )
        let checker = ExpositionChecker(merged)
        #expect(checker.mistakes.isEmpty, "\(String(decoding: merged, as: UTF8.self))")
        return checker
    }

    @Test func realTextsBecomeOne() {
        let parts = (1...3).map { number -> PrometheusText.Part in
            let registry = MetricsRegistry()
            registry.makeCounter(label: "x", dimensions: [("a", "}\" {,\n\\")]).increment(by: Int64(number))
            registry.makeTimer(label: "t", dimensions: []).recordNanoseconds(1_000_000)
            return .init(owner: "r\(number)", text: registry.prometheusText())
        }
        let merged = PrometheusText.merge(parts, label: "responder")
        let checker = ExpositionChecker(merged)
        #expect(checker.mistakes.isEmpty, "\(String(decoding: merged, as: UTF8.self))")
        #expect(checker.value("x_total", ["a": "}\" {,\n\\", "responder": "r2"]) == 2)
        #expect(checker.value("t_seconds_count", ["responder": "r3"]) == 1)
        #expect(checker.value("t_seconds_bucket", ["le": "+Inf", "responder": "r1"]) == 1)
    }

    @Test func theFirstTypeCounts() {
        let checker = self.merge([
            ("a", "# TYPE x counter\nx 1\n# TYPE y gauge\ny 1\n"),
            ("b", "# TYPE x gauge\nx 2\n# TYPE y gauge\ny 2\n"),
        ])
        #expect(checker.value("x", ["responder": "a"]) == 1)
        #expect(checker.value("x", ["responder": "b"]) == nil)
        #expect(checker.value("y", ["responder": "b"]) == 2)
    }

    @Test func anExistingLabelStays() {
        let checker = self.merge([("a", "# TYPE x gauge\nx{responder=\"z\"} 1\nx{b=\"1\",responder=\"z\"} 2\n")])
        #expect(checker.value("x", ["responder": "z"]) == 1)
        #expect(checker.value("x", ["responder": "z", "b": "1"]) == 2)
    }

    @Test(arguments: [
        "", "\n\n", "x 1\n", "# TYPE x\nx 1\n", "# TYPE x gauge\nx{a=\"1 1\n", "# TYPE x gauge\nx{a=\"1\"}1\n",
        "# TYPE x gauge\nother 1\n", "# TYPE x gauge\nx\n", "# comment\n# process 1 2 3\n", "\u{FFFD}\u{0}",
    ])
    func whatIsNotValidIsLeftOut(text: String) {
        #expect(self.merge([("a", text)]).samples.isEmpty)
    }
}
