/// A request on its way to its answer.
///
/// Any thread.
struct Exchange: Sendable {
    let request: APIRequest
    let observer: any APIObserver
    private let completion: @Sendable (APIAnswer) -> Void

    init(request: APIRequest, observer: any APIObserver, completion: @escaping @Sendable (APIAnswer) -> Void) {
        self.request = request
        self.observer = observer
        self.completion = completion
    }

    /// Nanoseconds since the request's first byte.
    var duration: UInt64 {
        let now = MonotonicClock.now()
        return now > self.request.started ? now - self.request.started : 0
    }

    /// Answers, and tells the observer of the request.
    func finish(_ answer: APIAnswer, route: APIRoute?) {
        self.send(answer)
        self.observer.answered(
            AnsweredRequest(
                requestID: self.request.requestID,
                method: self.request.method,
                route: route?.name,
                path: self.request.path,
                status: answer.status,
                code: answer.code,
                duration: self.duration
            )
        )
    }

    /// Answers. The observer is told by the caller.
    func send(_ answer: APIAnswer) {
        var answer = answer
        answer.headers.append(("X-Request-Id", self.request.requestID))
        self.completion(answer)
    }
}
