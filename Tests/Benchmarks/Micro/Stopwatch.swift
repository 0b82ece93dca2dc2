import Glibc

/// Times pieces of work and prints a line for each: the median, lowest and highest of several samples, for one item.
///
/// Wall time and the process' CPU time (all threads): what waits for the disk has little of the second. Not Sendable:
/// one task uses it.
struct Stopwatch {
    static let samples = 7

    /// How long a sample lasts at least.
    let seconds: Double
    /// Names that have this in them are measured; empty is all.
    let filter: String

    func printHead() {
        print(
            "one item, \(Self.samples) samples:".padded(44),
            "median".aligned(10),
            "lowest".aligned(10),
            terminator: " "
        )
        print("highest".aligned(10), "CPU".aligned(10))
    }

    /// Measures `body`, which does the work `count` times; it is called as often as a sample needs, each time after
    /// `prepare`, which is not measured.
    func measure(
        _ name: String,
        count: Int,
        prepare: () async throws -> Void = {},
        _ body: () async throws -> Void
    ) async throws {
        guard self.filter.isEmpty || name.contains(self.filter) else { return }
        // Grows buffers, fills caches.
        try await prepare()
        try await body()
        var wall: [Double] = []
        var processor: [Double] = []
        for _ in 0..<Self.samples {
            var time = 0.0
            var processorTime = 0.0
            var repetitions = 0
            repeat {
                try await prepare()
                let start = Self.now(CLOCK_MONOTONIC)
                let startOfProcessor = Self.now(CLOCK_PROCESS_CPUTIME_ID)
                try await body()
                time += Self.now(CLOCK_MONOTONIC) - start
                processorTime += Self.now(CLOCK_PROCESS_CPUTIME_ID) - startOfProcessor
                repetitions += 1
            } while time < self.seconds
            let items = Double(repetitions * count)
            wall.append(time / items * 1e9)
            processor.append(processorTime / items * 1e9)
        }
        wall.sort()
        processor.sort()
        print(
            name.padded(44),
            Self.text(wall[Self.samples / 2]),
            Self.text(wall[0]),
            Self.text(wall[Self.samples - 1]),
            Self.text(processor[Self.samples / 2])
        )
    }

    private static func text(_ nanoseconds: Double) -> String {
        "\(Int(nanoseconds.rounded())) ns".aligned(10)
    }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension String {
    /// Blanks behind, up to this width.
    func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - self.count))
    }

    /// Blanks before, up to this width.
    func aligned(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - self.count)) + self
    }
}
