/// An IPv4 or IPv6 address, read from and printed to text.
struct IPAddress: Equatable {
    enum Value: Equatable {
        case v4(UInt32)
        /// Network half, interface half.
        case v6(UInt64, UInt64)
    }

    /// The address itself; IPv4 mapped into IPv6 (`::ffff:1.2.3.4`) is IPv4.
    let value: Value

    /// Whether the text had a port, brackets or a zone that are not part of the address.
    let hadPort: Bool

    private init(value: Value, hadPort: Bool) {
        if case .v6(0, let low) = value, low >> 32 == 0xffff {
            self.value = .v4(UInt32(truncatingIfNeeded: low))
        } else {
            self.value = value
        }
        self.hadPort = hadPort
    }

    /// Reads `1.2.3.4`, `1.2.3.4:567`, `2001:db8::1`, `[2001:db8::1]:567`, `fe80::1%eth0`; nil for anything else.
    init?(_ text: String) {
        let bytes = text.utf8
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let port = bytes[bytes.index(after: end)...]
            guard port.isEmpty || port.first == UInt8(ascii: ":") && Self.isPort(port.dropFirst()) else { return nil }
            guard let value = Self.v6(Array(bytes[..<end].dropFirst())[...]) else { return nil }
            self.init(value: value, hadPort: true)
            return
        }
        let address = bytes.prefix { $0 != UInt8(ascii: ":") }
        let rest = bytes[address.endIndex...]
        if rest.dropFirst().contains(UInt8(ascii: ":")) {
            let address = bytes.prefix { $0 != UInt8(ascii: "%") }
            guard let value = Self.v6(Array(address)[...]) else { return nil }
            self.init(value: value, hadPort: address.endIndex < bytes.endIndex)
            return
        }
        guard rest.isEmpty || Self.isPort(rest.dropFirst()), let value = Self.v4(address) else { return nil }
        self.init(value: .v4(value), hadPort: !rest.isEmpty)
    }

    /// Without the part that tells a household: IPv4 to 24 bits, IPv6 to 48, the least that providers hand out.
    var truncated: IPAddress {
        switch value {
        case .v4(let address): IPAddress(value: .v4(address & 0xffff_ff00), hadPort: false)
        case .v6(let network, _): IPAddress(value: .v6(network & ~0xffff, 0), hadPort: false)
        }
    }

    private static func isPort(_ text: Substring.UTF8View) -> Bool {
        (1...5).contains(text.count) && text.allSatisfy { $0.digitValue != nil }
    }

    /// Four numbers to 255 without leading zeros, which some readers take for octal.
    private static func v4(_ text: some Sequence<UInt8>) -> UInt32? {
        var address: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var dots = 0
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                address = address << 8 | octet
                octet = 0
                digits = 0
                dots += 1
            } else {
                guard let digit = byte.digitValue, digits == 0 || octet > 0 else { return nil }
                octet = octet * 10 + UInt32(digit)
                digits += 1
                guard octet <= 255 else { return nil }
            }
        }
        guard dots == 3, digits > 0 else { return nil }
        return address << 8 | octet
    }

    /// Eight groups of hexadecimal digits, one run of zeros as `::`, the last two groups perhaps as IPv4 (RFC 4291).
    private static func v6(_ text: ArraySlice<UInt8>) -> Value? {
        // The longest spelling has 45 characters; longer text is not worth splitting.
        guard (2...45).contains(text.count) else { return nil }
        var head: [UInt16] = []
        var tail: [UInt16]?
        let pieces = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            if piece.isEmpty {
                let isEdge = index == 0 || index == pieces.count - 1
                // "::" leaves one empty piece inside, and a second one beside it at either end.
                if isEdge, (index == 0 ? pieces[1] : pieces[index - 1]).isEmpty { continue }
                guard !isEdge, tail == nil else { return nil }
                tail = []
                continue
            }
            var groups: [UInt16] = []
            if index == pieces.count - 1, piece.contains(UInt8(ascii: ".")) {
                guard let address = v4(piece) else { return nil }
                groups = [UInt16(truncatingIfNeeded: address >> 16), UInt16(truncatingIfNeeded: address)]
            } else {
                guard piece.count <= 4 else { return nil }
                var group: UInt16 = 0
                for byte in piece {
                    guard let digit = byte.hexValue else { return nil }
                    group = group << 4 | UInt16(digit)
                }
                groups = [group]
            }
            if tail == nil { head += groups } else { tail? += groups }
        }
        let given = head.count + (tail?.count ?? 0)
        guard tail == nil ? given == 8 : given < 8 else { return nil }
        let all = head + Array(repeating: 0, count: 8 - given) + (tail ?? [])
        let halves = [all[..<4], all[4...]].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
        return .v6(halves[0], halves[1])
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or the canonical text of RFC 5952: lower case, no leading zeros, the longest run of zeros cut.
    var description: String {
        switch value {
        case .v4(let address):
            var text: [UInt8] = []
            text.reserveCapacity(15)
            for shift: UInt32 in [24, 16, 8, 0] {
                let octet = UInt8(truncatingIfNeeded: address >> shift)
                if octet >= 100 { text.append(UInt8(ascii: "0") + octet / 100) }
                if octet >= 10 { text.append(UInt8(ascii: "0") + octet / 10 % 10) }
                text.append(UInt8(ascii: "0") + octet % 10)
                if shift > 0 { text.append(UInt8(ascii: ".")) }
            }
            return String(decoding: text, as: UTF8.self)
        case .v6(let network, let interface):
            let groups = [network, interface].flatMap { half in
                [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> $0) }
            }
            let run = Self.longestZeroRun(groups)
            let head = groups[..<run.lowerBound].map { String($0, radix: 16) }.joined(separator: ":")
            if run.isEmpty { return head }
            return head + "::" + groups[run.upperBound...].map { String($0, radix: 16) }.joined(separator: ":")
        }
    }

    /// The first of the longest runs of two or more zeros; empty at the end when there is none.
    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int> {
        var longest = groups.endIndex..<groups.endIndex
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start > max(longest.count, 1) { longest = start..<end }
            start = end + 1
        }
        return longest
    }
}
