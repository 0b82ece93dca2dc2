import HydraDataPoints
import Synchronization

@testable import HydraEngine

/// A network that a test makes up: answers at once.
final class ScriptedLookup: CompanyLookup {
    struct Question: Sendable, Equatable {
        let domain: String
        let sources: Set<NetworkSource>
        let time: Int64
    }

    private let script: @Sendable (Question) -> SourcedFacts
    private let asked = Mutex<[Question]>([])

    init(_ script: @escaping @Sendable (Question) -> SourcedFacts = { ScriptedLookup.ordinary($0) }) {
        self.script = script
    }

    var questions: [Question] { self.asked.withLock { $0 } }
    var domains: [String] { self.questions.map(\.domain) }

    func look(
        up domain: String,
        in sources: Set<NetworkSource>,
        at time: Int64,
        completion: @escaping @Sendable (SourcedFacts) -> Void
    ) -> @Sendable () -> Void {
        let question = Question(domain: domain, sources: sources, time: time)
        self.asked.withLock { $0.append(question) }
        completion(self.script(question))
        return {}
    }

    /// A company in software that uses HubSpot.
    static func ordinary(_ question: Question) -> SourcedFacts {
        func point(_ name: String, _ value: DataValue, _ source: DataSource, _ confidence: Double) -> DataPoint {
            DataPoint(name: name, value: value, source: source, time: question.time, confidence: confidence)
        }
        var facts = SourcedFacts()
        if question.sources.contains(.dns) {
            facts.points[.dns] = [
                point("company.mailProvider", .text("Google Workspace"), .dns, 0.95),
                point("company.tools", .list(["HubSpot", "Slack"]), .dns, 0.85),
            ]
        }
        if question.sources.contains(.homePage) {
            facts.points[.homePage] = [
                point("company.name", .text("Acme Page"), .homePage, 0.85),
                point("company.industry", .text("software"), .homePage, 0.7),
                point("company.employees", .number(120), .homePage, 0.7),
            ]
        }
        return facts
    }
}
