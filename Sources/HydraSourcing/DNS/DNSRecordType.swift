/// The types of records that are asked for, by their numbers in the protocol (RFC 1035 3.2.2, RFC 3596 2.1).
enum DNSRecordType: Int32, Sendable {
    case a = 1
    case mx = 15
    case txt = 16
    case aaaa = 28
}

/// One MX record.
///
/// A value; any thread.
package struct MailServer: Sendable, Equatable {
    /// Lower-case, without a dot at its end; empty for the null MX of RFC 7505: the domain takes no mail.
    package let host: String
    /// The lowest is tried first.
    package let preference: UInt16

    package init(host: String, preference: UInt16) {
        self.host = host
        self.preference = preference
    }
}
