import Glibc

/// Users and groups of this machine by name or number. Any thread.
enum UserDirectory {
    /// A user's number; a text of digits is one. nil when there is no such user.
    static func userID(_ text: String) -> UInt32? {
        if let number = UInt32(text) { return number }
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        let size = buffer.count
        guard unsafe getpwnam_r(text, &entry, &buffer, size, &found) == 0, unsafe found != nil else { return nil }
        return unsafe entry.pw_uid
    }

    /// A group's number; a text of digits is one. nil when there is no such group.
    static func groupID(_ text: String) -> UInt32? {
        if let number = UInt32(text) { return number }
        var entry = unsafe group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 64 << 10)
        let size = buffer.count
        guard unsafe getgrnam_r(text, &entry, &buffer, size, &found) == 0, unsafe found != nil else { return nil }
        return unsafe entry.gr_gid
    }

    /// Whether a text is an IP address, version 4 or 6, without brackets.
    static func isAddress(_ text: String) -> Bool {
        var v4 = in_addr()
        var v6 = in6_addr()
        return unsafe (inet_pton(AF_INET, text, &v4) == 1 || inet_pton(AF_INET6, text, &v6) == 1)
    }
}
