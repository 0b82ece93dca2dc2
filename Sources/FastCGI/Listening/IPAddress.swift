import Glibc

/// An IPv4 or IPv6 address by its bytes. IPv4 in IPv6 (`::ffff:127.0.0.1`) becomes IPv4.
struct IPAddress: Equatable, Sendable {
    /// 4 or 16.
    let bytes: [UInt8]

    private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

    init(_ bytes: [UInt8]) {
        let isMapped = bytes.count == 16 && bytes.starts(with: Self.mappedPrefix)
        self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
    }

    /// Numeric forms only: no name is resolved.
    init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(Array(bytes.prefix(4)))
        } else if unsafe inet_pton(AF_INET6, text, &bytes) == 1 {
            self.init(bytes)
        } else {
            return nil
        }
    }

    /// 127.0.0.0/8 and ::1.
    var isLoopback: Bool {
        self.bytes.count == 4
            ? self.bytes.first == 127 : self.bytes.last == 1 && self.bytes.dropLast().allSatisfy { $0 == 0 }
    }

    /// Whether the first `bits` bits are those of `other`.
    func matches(_ other: IPAddress, bits: Int) -> Bool {
        guard self.bytes.count == other.bytes.count else { return false }
        var left = bits
        for (mine, theirs) in zip(self.bytes, other.bytes) {
            if left <= 0 { return true }
            let mask = left >= 8 ? 0xff : ~(0xff as UInt8 >> UInt8(left))
            if mine & mask != theirs & mask { return false }
            left -= 8
        }
        return true
    }
}

extension IPAddress: CustomStringConvertible {
    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = self.bytes.count == 4 ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, self.bytes, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
