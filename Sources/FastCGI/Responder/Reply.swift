import Synchronization

/// The right to answer one request.
///
/// Threads: any, at any later time, also after ``Responder/stop(within:)``. If the last reference goes without an
/// answer, the client gets a 500 and the log an error line.
package final class Reply: Sendable {
    private let connection: Connection
    private let engine: Engine
    /// For the trace id, should something go wrong.
    private let parameters: Parameters
    private let isSent = Atomic<Bool>(false)

    init(_ connection: Connection, engine: Engine, parameters: Parameters) {
        self.connection = connection
        self.engine = engine
        self.parameters = parameters
    }

    deinit {
        guard !self.isSent.exchange(true, ordering: .acquiringAndReleasing) else { return }
        self.engine.answerDropped(self.connection, trace: self.trace)
    }

    /// Answers the request. The first call wins; further ones are counted and logged, and change nothing.
    ///
    /// Does not wait for the peer: what does not fit into the connection's send buffer is written by the responder's
    /// keeper. That the peer has gone is not an error here; it is counted (``ResponderFigures/brokenAnswers``).
    package func send(_ response: Response) {
        guard !self.isSent.exchange(true, ordering: .acquiringAndReleasing) else {
            self.engine.answerRepeated(trace: self.trace)
            return
        }
        self.engine.answer(self.connection, with: response)
    }

    /// Whether somebody waits for the answer: false once the front server has closed the connection, as nginx does when
    /// its client has gone or `fastcgi_read_timeout` is over. One call into the kernel.
    package var isWanted: Bool { !self.isSent.load(ordering: .relaxed) && !self.connection.isAbandoned }

    private var trace: String? {
        guard let name = self.engine.options.traceParameter else { return nil }
        var copy = name
        return copy.withUTF8 { name in
            unsafe self.parameters.withValue(UnsafeRawBufferPointer(name)) { value in
                unsafe String(decoding: value.prefix(Self.longestTrace), as: UTF8.self)
            }
        }
    }

    /// Bytes of a trace id in a log line: a client may have chosen it.
    private static let longestTrace = 128
}
