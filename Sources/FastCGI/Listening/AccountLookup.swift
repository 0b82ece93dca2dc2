import Glibc

/// Numbers of users and groups by their names. Any thread, but slow: at start only.
enum AccountLookup {
    /// Large enough for every passwd and group line seen in practice; a longer one is "not found".
    private static let bufferBytes = 16 << 10

    /// A decimal number is taken as it is, whether or not the account exists.
    static func user(_ text: String) -> UInt32? {
        if let number = UInt32(text) { return number }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: self.bufferBytes) { buffer in
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard let base = buffer.baseAddress,
                unsafe getpwnam_r(text, &entry, base, buffer.count, &found) == 0, unsafe found != nil
            else { return nil }
            return unsafe entry.pw_uid
        }
    }

    static func group(_ text: String) -> UInt32? {
        if let number = UInt32(text) { return number }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: self.bufferBytes) { buffer in
            var entry = unsafe Glibc.group()
            var found: UnsafeMutablePointer<Glibc.group>?
            guard let base = buffer.baseAddress,
                unsafe getgrnam_r(text, &entry, base, buffer.count, &found) == 0, unsafe found != nil
            else { return nil }
            return unsafe entry.gr_gid
        }
    }
}
