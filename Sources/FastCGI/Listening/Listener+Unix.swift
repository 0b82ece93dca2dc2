import CFastCGI
import Glibc

extension Listener {
    /// Makes a Unix socket that nobody can connect to before it has its owner, group and mode.
    ///
    /// A socket file that nobody answers on is replaced; one that is answered on is an error. The directory is locked
    /// meanwhile, so that two responders that start together do not each take the other's new socket for a stale one.
    static func openUnix(
        path: String,
        mode: UInt16,
        owner: String?,
        group: String?
    ) throws(FastCGIError) -> Listener {
        let name = "unix:" + path
        let longest = Int(cfcgi_longest_socket_path())
        guard path.utf8.count <= longest else { throw .pathTooLong(path: path, longest: longest) }
        let user = try Self.number(owner, AccountLookup.user) { .unknownUser($0) }
        let group = try Self.number(group, AccountLookup.group) { .unknownGroup($0) }

        let lock = unsafe Glibc.open(Self.directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw Self.failure("open the directory of", path, name) }
        defer { Glibc.close(lock) }
        // A file system without locks only loses the protection against two simultaneous starts.
        _ = flock(lock, LOCK_EX)

        let socket = cfcgi_socket(AF_UNIX)
        guard socket >= 0 else { throw .system(operation: "socket", address: name, errno: errno) }
        do throws(FastCGIError) {
            if unsafe cfcgi_bind_unix(socket, path) != 0 {
                guard errno == EADDRINUSE else { throw Self.failure("bind", path, name) }
                try Self.removeStaleSocket(at: path, name: name)
                guard unsafe cfcgi_bind_unix(socket, path) == 0 else { throw Self.failure("bind", path, name) }
            }
        } catch {
            Glibc.close(socket)
            throw error
        }
        let listener = Listener(
            descriptor: socket,
            name: name,
            isUnix: true,
            isOwned: true,
            file: SocketFile(at: path)
        )
        if user != nil || group != nil {
            // -1 leaves one of the two as it is.
            guard unsafe lchown(path, user ?? .max, group ?? .max) == 0 else {
                throw Self.failure("change the owner of", path, name)
            }
        }
        guard unsafe chmod(path, mode_t(mode)) == 0 else { throw Self.failure("change the mode of", path, name) }
        guard listen(socket, Self.backlog) == 0 else {
            throw .system(operation: "listen", address: name, errno: errno)
        }
        return listener
    }

    private static func number(
        _ text: String?,
        _ find: (String) -> UInt32?,
        else failure: (String) -> FastCGIError
    ) throws(FastCGIError) -> UInt32? {
        guard let text else { return nil }
        guard let number = find(text) else { throw failure(text) }
        return number
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Returns when the path is free.
    private static func removeStaleSocket(at path: String, name: String) throws(FastCGIError) {
        switch SocketFile.kind(at: path) {
        case .missing: return
        case .other: throw .notASocket(path: path)
        case .socket: break
        }
        let probe = cfcgi_socket(AF_UNIX)
        guard probe >= 0 else { throw .system(operation: "socket", address: name, errno: errno) }
        defer { Glibc.close(probe) }
        // EAGAIN is a full backlog: somebody listens. EPROTOTYPE is a live socket of another type.
        if unsafe cfcgi_connect_unix(probe, path) == 0 || errno == EAGAIN || errno == EPROTOTYPE {
            throw .addressInUse(address: name)
        }
        if errno == ENOENT { return }
        guard errno == ECONNREFUSED else { throw Self.failure("connect to", path, name) }
        guard unsafe Glibc.unlink(path) == 0 || errno == ENOENT else { throw Self.failure("remove", path, name) }
    }

    private static func failure(_ operation: String, _ path: String, _ name: String) -> FastCGIError {
        switch errno {
        case EACCES, EPERM, EROFS: .permissionDenied(address: name, operation: operation)
        case ENOENT, ENOTDIR: .directoryMissing(path: path)
        case EADDRINUSE: .addressInUse(address: name)
        default: .system(operation: operation, address: name, errno: errno)
        }
    }
}
