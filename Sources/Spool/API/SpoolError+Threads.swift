package import GroupCommit

extension SpoolError {
    /// From a thread that the system refused.
    package init(refusal: WorkerThread.Refusal) {
        self.init(
            code: .busy,
            message: "\(refusal). The gateway tries again.",
            retryAfterSeconds: Self.shortPause
        )
    }
}
