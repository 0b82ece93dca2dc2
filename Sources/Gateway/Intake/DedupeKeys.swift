import Crypto
import Hydra
import Spool

/// Deduplication keys: the first 128 bits of SHA-256 over the Hydra API key's scope and the messageId.
///
/// The scope makes the window one for each API key, as Hydra sees it: two keys may receive the same messageId. 128 bits
/// keep the chance that one of 100 million ids is dropped as a false repeat below 10⁻²².
enum DedupeKeys {
    static func key(scope: UInt64, messageId: String) -> DedupeKey {
        var hasher = SHA256()
        unsafe withUnsafeBytes(of: scope.littleEndian) { unsafe hasher.update(bufferPointer: $0) }
        var messageId = messageId
        messageId.withUTF8 { unsafe hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return unsafe hasher.finalize().withUnsafeBytes { digest in
            DedupeKey(
                high: unsafe digest.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                low: unsafe digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            )
        }
    }
}
