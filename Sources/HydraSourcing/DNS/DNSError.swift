/// Why a question to the DNS has no answer.
package enum DNSError: Error, Sendable, Equatable, CustomStringConvertible {
    /// NXDOMAIN.
    case noSuchName
    /// The name is there, but has no such records.
    case noData
    case serverFailure
    case timeout
    /// The answer is not one.
    case malformed
    case tooManyRecords
    /// The question's name is none.
    case badName
    /// All servers failed, refused or cannot be reached.
    case unavailable
    /// Too many questions at once.
    case busy
    case cancelled

    /// Whether asking later may have another result.
    package var isTemporary: Bool {
        switch self {
        case .noSuchName, .noData, .badName, .tooManyRecords: false
        case .serverFailure, .timeout, .malformed, .unavailable, .busy, .cancelled: true
        }
    }

    package var description: String {
        switch self {
        case .noSuchName: "there is no such name"
        case .noData: "the name has no such records"
        case .serverFailure: "the name server failed"
        case .timeout: "the name server did not answer in time"
        case .malformed: "the name server's answer is malformed"
        case .tooManyRecords: "the name has too many addresses"
        case .badName: "the name is not valid"
        case .unavailable: "no name server gives an answer"
        case .busy: "too many questions at once"
        case .cancelled: "the question was cancelled"
        }
    }
}
