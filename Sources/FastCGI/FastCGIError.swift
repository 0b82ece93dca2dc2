/// Why a responder could not be set up.
///
/// Thrown only before anything is served; what goes wrong with a single connection is counted in ``ResponderFigures``
/// and logged instead. ``description`` says what happened, where, and what to do.
package enum FastCGIError: Error, Sendable, Equatable {
    /// Another process answers on this address.
    case addressInUse(address: String)
    /// The path does not fit into a socket address.
    case pathTooLong(path: String, longest: Int)
    /// Something other than a socket stands at the path.
    case notASocket(path: String)
    /// The directory of the socket is missing.
    case directoryMissing(path: String)
    /// The operating system refused for lack of rights.
    case permissionDenied(address: String, operation: String)
    /// The owner is not a known user name or number.
    case unknownUser(String)
    /// The group is not a known group name or number.
    case unknownGroup(String)
    /// The host has no address.
    case unknownHost(String)
    /// The address is reachable from other machines and the options do not allow that.
    case notLoopback(address: String)
    /// Other machines may connect, but no peers are listed.
    case peersMissing(address: String)
    /// A listed peer is not an address or a network.
    case malformedPeer(String)
    /// The inherited descriptor is not a listening stream socket.
    case notListening(descriptor: Int32)
    /// There is nothing to listen on.
    case noListeners
    /// The responder was started before, or stopped.
    case alreadyStarted
    /// A system call failed in a way that has no case of its own.
    case system(operation: String, address: String, errno: Int32)
    /// libfcgi could not be initialised.
    case library(code: Int32)

    /// A bounded name for logs and metrics.
    package var code: String {
        switch self {
        case .addressInUse: "address_in_use"
        case .pathTooLong: "path_too_long"
        case .notASocket: "not_a_socket"
        case .directoryMissing: "directory_missing"
        case .permissionDenied: "permission_denied"
        case .unknownUser: "unknown_user"
        case .unknownGroup: "unknown_group"
        case .unknownHost: "unknown_host"
        case .notLoopback: "not_loopback"
        case .peersMissing: "peers_missing"
        case .malformedPeer: "malformed_peer"
        case .notListening: "not_listening"
        case .noListeners: "no_listeners"
        case .alreadyStarted: "already_started"
        case .system: "system"
        case .library: "library"
        }
    }
}

extension FastCGIError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .addressInUse(let address):
            "\(address) is in use: another process answers there. Stop it, or give this responder another address."
        case .pathTooLong(let path, let longest):
            "the socket path \(path) has \(path.utf8.count) bytes, the system allows \(longest). Use a shorter path."
        case .notASocket(let path):
            "\(path) exists and is not a socket. It was left alone: remove it, or use another path."
        case .directoryMissing(let path):
            "the directory of the socket \(path) does not exist. Create it, owned by the user of this process."
        case .permissionDenied(let address, let operation):
            "not allowed to \(operation) \(address). Run as a user with that right, or use another address or owner."
        case .unknownUser(let name):
            "there is no user \(name). Give the name or number of an existing user as the socket's owner."
        case .unknownGroup(let name):
            "there is no group \(name). Give the name or number of an existing group as the socket's group."
        case .unknownHost(let host):
            "the host \(host) has no address. Use 127.0.0.1, ::1 or an address of this machine."
        case .notLoopback(let address):
            "\(address) can be reached from other machines and FastCGI has no authentication. Listen on 127.0.0.1 or a "
                + "Unix socket, or allow other addresses and list the peers."
        case .peersMissing(let address):
            "\(address) can be reached from other machines, but no peer is listed. List the front servers' addresses."
        case .malformedPeer(let text):
            "\(text) is neither an IP address nor a network such as 10.0.0.0/8."
        case .notListening(let descriptor):
            "descriptor \(descriptor) is not a listening stream socket. Start this program from spawn-fcgi, a web "
                + "server or a systemd socket unit, or configure an address."
        case .noListeners:
            "there is no address to listen on. Give at least one."
        case .alreadyStarted:
            "the responder was already started or stopped. Make a new one."
        case .system(let operation, let address, let errno):
            "\(operation) failed for \(address): \(systemMessage(errno))."
        case .library(let code):
            "libfcgi could not be initialised (code \(code)). Check the installation of libfcgi."
        }
    }
}
