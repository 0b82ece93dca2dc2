/// A thread that reads requests and runs the handler.
///
/// Threads: made and run on its own.
struct Worker: ~Copyable {
    /// Events taken at once; as many as one call gives.
    private static let eventsAtOnce = 64

    private let engine: Engine
    private var scratch = [UInt8](repeating: 0, count: Engine.scratchBytes)

    init(_ engine: Engine) {
        self.engine = engine
    }

    /// Returns when the responder's stop signal is raised and no other event is left.
    mutating func run() {
        var tokens = [UInt64](repeating: 0, count: Self.eventsAtOnce)
        while true {
            guard let token = self.engine.crew.next(from: self.engine.events, &tokens) else { continue }
            if token == Engine.stopToken {
                if self.engine.crew.isDrained(self.engine.events, &tokens) { return }
            } else if token == Engine.probeToken {
                self.engine.probe.answer()
            } else if token < Engine.firstConnectionToken {
                self.engine.accept(from: self.engine.gates[Int(token) - 1])
            } else if let connection = Connection.of(token: token) {
                self.engine.receive(connection, scratch: &self.scratch)
            }
        }
    }
}
