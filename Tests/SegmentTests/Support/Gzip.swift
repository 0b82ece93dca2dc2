/// Gzip members for tests, in stored blocks: any bytes, no compression.
enum Gzip {
    /// 32,768 blanks in 65 bytes: what bombs are made of.
    static let blanks = bytes(
        "1f8b0800000000000203edc18100000000802095fd2917a90a000000000000000000000000000000"
            + "00000000000000000000000000000000189b7df68a00800000"
    )

    /// `{"userId":"u1","event":"E","messageId":"m"}`, compressed by zlib at its highest level.
    static let deflated = bytes(
        "1f8b0800000000000203ab562a2d4e2df24c51b2522a3554d2514a2d4bcd2b01725c81ecdcd4e2e2"
            + "c4f454b064ae522d00434fd5f62b000000"
    )

    /// One member that holds these bytes, at most 65,535 of them.
    static func member(_ content: [UInt8]) -> [UInt8] {
        let length = UInt16(content.count)
        var member: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1]
        member += littleEndian(UInt32(length), 2) + littleEndian(UInt32(~length), 2) + content
        return member + littleEndian(checksum(content), 4) + littleEndian(UInt32(content.count), 4)
    }

    /// One member that holds this text.
    static func member(_ text: String) -> [UInt8] {
        member(Array(text.utf8))
    }

    static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8).map { $0 < 0x3a ? $0 - 0x30 : $0 - 0x57 }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private static func littleEndian(_ number: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
    }

    /// CRC-32 as RFC 1952 defines it, bit by bit.
    private static func checksum(_ content: [UInt8]) -> UInt32 {
        var crc: UInt32 = .max
        for byte in content {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
