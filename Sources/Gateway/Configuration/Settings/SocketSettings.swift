/// Who may open the Unix sockets. A value.
package struct SocketSettings: Equatable, Sendable {
    /// Permissions, 0660: owner and group. The FastCGI library trusts whoever may connect, so nobody else gets in.
    package internal(set) var mode: UInt16 = 0o660
    /// User name or number; nil leaves the process' own.
    package internal(set) var owner: String?
    /// Group name or number; nil leaves the process' own. nginx' workers must be in it.
    package internal(set) var group: String?
}
