/// The threads on which the API answers what may take its time.
///
/// Any thread may submit; ``stop()`` once.
package final class APIThreads: Sendable {
    /// Behind the threads that take calls and commit them: about a third of the processor where both want it.
    private static let niceness: Int32 = 5

    /// For questions, previews, settings and pages.
    package let questions: RequestThreads
    /// For reading batches and large calls, so that questions do not delay them.
    let batches: RequestThreads

    /// - Parameter count: of threads of each kind.
    package init(count: Int) {
        self.questions = RequestThreads(label: "ask", count: count, niceness: Self.niceness)
        self.batches = RequestThreads(label: "batch", count: count, niceness: 0)
    }

    package func stop() {
        self.questions.stop()
        self.batches.stop()
    }

    /// - Returns: nil for what is answered at once.
    func line(for route: APIRoute, _ request: APIRequest) -> RequestThreads? {
        switch route {
        case .contract, .live, .ready: nil
        case .call: request.body.count > EngineLimits.quickBytes ? self.batches : nil
        case .batch: self.batches
        // The committer's work.
        case .person where request.method == "DELETE": nil
        case .persons, .person, .personEvents, .companies, .company, .use, .patterns, .scanners, .settings:
            self.questions
        }
    }
}
