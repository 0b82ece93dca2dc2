/// Why a connection is closed without an answer: its bytes are not those of a front server.
package enum RecordRefusal: Error, Equatable, Sendable {
    /// The version byte is not 1: another protocol, or garbage.
    case version
    /// A record with request id 0. libfcgi 2.4.x overflows a buffer on FCGI_GET_VALUES, and front servers send none.
    case management
    /// A request begins in an unusual way: wrong length, or a second time.
    case begin
    /// A record that does not belong where it stands.
    case unexpectedRecord
    /// The role is not responder.
    case role(request: UInt16)
    /// Names and values do not fill the parameter stream exactly.
    case parameters
    /// More was sent than is read and discarded.
    case tooLong

    /// A bounded name for the log.
    var code: String {
        switch self {
        case .version: "version"
        case .management: "management_record"
        case .begin: "begin_record"
        case .unexpectedRecord: "unexpected_record"
        case .role: "role"
        case .parameters: "parameters"
        case .tooLong: "too_long"
        }
    }
}
