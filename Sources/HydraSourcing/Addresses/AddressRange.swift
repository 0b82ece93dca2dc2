/// All addresses that begin with the same bits: `10.0.0.0/8`.
///
/// A value; any thread.
struct AddressRange: Sendable {
    private let first: IPAddress
    private let bits: Int

    /// - Parameter text: an address, a slash, and how many bits count.
    init?(_ text: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let first = IPAddress(String(parts[0])), let bits = Int(parts[1]),
            (0...first.bytes.count * 8).contains(bits)
        else { return nil }
        self.first = first
        self.bits = bits
    }

    func contains(_ address: IPAddress) -> Bool {
        let (own, other) = (self.first.bytes, address.bytes)
        guard own.count == other.count else { return false }
        var rest = self.bits
        for (left, right) in zip(own, other) {
            guard rest > 0 else { return true }
            let mask = rest >= 8 ? 0xff : UInt8(truncatingIfNeeded: 0xff00 >> rest)
            guard left & mask == right & mask else { return false }
            rest -= 8
        }
        return true
    }
}
