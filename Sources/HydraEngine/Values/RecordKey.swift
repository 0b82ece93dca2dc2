import Crypto
import Foundation

/// 128 bits that name one thing of one account: an identity, a company.
///
/// Made of the account's secret salt, the kind and the value by SHA-256, so a key is the same whatever arrived first,
/// says nothing about the value, and cannot be that of another account. Published as ``PublicID``. A value; any thread.
struct RecordKey: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// What a key names. The raw values are part of every key and never change.
    enum Kind: UInt8 {
        case user = 1
        case anonymous = 2
        case companyID = 3
        case companyDomain = 4
        case companyName = 5
        case message = 6
        case cursor = 7
        case scanRun = 8
        case apiKey = 9
    }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(salt: AccountSalt, kind: Kind, value: String) {
        var hash = SHA256()
        salt.update(&hash)
        var value = value
        unsafe withUnsafeBytes(of: kind.rawValue) { unsafe hash.update(bufferPointer: $0) }
        value.withUTF8 { unsafe hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        self.init(digest: hash.finalize())
    }

    /// A key of nothing in particular: of a thing that is made by a person, not recognised in calls.
    static func random() -> RecordKey {
        var generator = SystemRandomNumberGenerator()
        return RecordKey(high: generator.next(), low: generator.next())
    }

    private init(digest: SHA256.Digest) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in digest.enumerated() where index < 16 {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        self.init(high: high, low: low)
    }

    /// From the 16 bytes of ``bytes``.
    init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(
            high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
            low: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
        )
    }

    /// Big endian.
    var bytes: [UInt8] {
        [self.high, self.low].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
        }
    }

    /// As it stands in the database.
    var data: Data { Data(self.bytes) }
}
