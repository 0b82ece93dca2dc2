internal import Spool

/// Why something that the servers were asked for did not happen.
///
/// A plain value; safe on any thread.
enum RequestError: Error, Sendable, Equatable {
    /// There is no answer.
    case failed(RequestFailure)
    /// The answer is no.
    case refused(APIError)

    var errCode: Int? { if case .refused(let error) = self { error.errCode } else { nil } }
}

extension SpoolError {
    init(_ error: RequestError, _ what: String) {
        switch error {
        case .failed(let failure): self.init(failure, what)
        case .refused(let refusal): self.init(refusal, what)
        }
    }
}
