import Synchronization

@testable import Telemetry

/// A log target that does what a test says: it holds the writer until it is let go, fails, and writes short.
final class GatedOutput: LogOutput {
    struct State {
        /// Answers to the next writes, in order; when they are used up, everything is written.
        var script: [LogWriteResult] = []
        var isOpen = true
        var written: [UInt8] = []
        var continues = true
        var reopened = 0
        var attempts = 0
    }

    let state: Mutex<State>
    let gate = WakeUp()
    let entered = WakeUp()

    init(script: [LogWriteResult] = [], isOpen: Bool = true, continues: Bool = true) {
        self.state = Mutex(State(script: script, isOpen: isOpen, continues: continues))
    }

    var text: String { String(decoding: self.state.withLock { $0.written }, as: UTF8.self) }

    func open() {
        self.state.withLock { $0.isOpen = true }
        self.gate.raise()
    }

    func write(_ bytes: ArraySlice<UInt8>) -> LogWriteResult {
        self.entered.raise()
        while !self.state.withLock({ $0.isOpen }) {
            self.gate.wait()
        }
        return self.state.withLock { state in
            state.attempts += 1
            let result = state.script.isEmpty ? .wrote(bytes.count) : state.script.removeFirst()
            if case .wrote(let count) = result {
                state.written.append(contentsOf: bytes.prefix(count))
            }
            return result
        }
    }

    func reopen() {
        self.state.withLock { $0.reopened += 1 }
    }

    func continuesLine() -> Bool { self.state.withLock { $0.continues } }
}
