import HydraEngine

/// Bytes that nobody can guess: the system's generator.
enum SecureRandom {
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

/// Passwords for an administrator who has not chosen one.
package enum RandomPassword {
    /// 120 random bits as six groups of four, without look-alikes.
    package static func make() -> String {
        var rest = Base32.encode(SecureRandom.bytes(15))[...]
        var groups: [Substring] = []
        while !rest.isEmpty {
            groups.append(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        return groups.joined(separator: "-")
    }
}
