import ServiceLifecycle

/// Counts second by second what passes, for the live view's history.
struct LiveService: Service {
    /// The middle of each second, so that none gets the counts of two when a tick comes a little early or late.
    private static let phase: Int64 = 500

    let recorder: LiveRecorder

    func run() async throws {
        let recorder = self.recorder
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let rest = 1_000 - (WallClock.milliseconds() + Self.phase) % 1_000
                try await Task.sleep(for: .milliseconds(rest))
                await BlockingWork.run {
                    recorder.tick(at: WallClock.milliseconds(), monotonic: MonotonicClock.nanoseconds())
                }
            }
        }
    }
}
