import Hydra

/// What stands for an API key where people must tell two keys apart: eight digits of its SHA-256, never the key.
enum KeyLabel {
    static func text(_ key: APIKey) -> String {
        let digits = String(key.scope >> 32, radix: 16)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }
}
