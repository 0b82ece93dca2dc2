/// Random identifiers in text form. Any thread.
enum RandomIdentifier {
    /// A version 4 UUID (RFC 9562), lower case: the messageId of an event that came without one.
    static func uuid() -> String {
        let high = (UInt64.random(in: .min ... .max) & 0xffff_ffff_ffff_0fff) | 0x0000_0000_0000_4000
        let low = (UInt64.random(in: .min ... .max) & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000
        var text = ""
        text.reserveCapacity(36)
        self.append(high >> 32, digits: 8, to: &text)
        text.append("-")
        self.append(high >> 16, digits: 4, to: &text)
        text.append("-")
        self.append(high, digits: 4, to: &text)
        text.append("-")
        self.append(low >> 48, digits: 4, to: &text)
        text.append("-")
        self.append(low, digits: 12, to: &text)
        return text
    }

    /// 32 hexadecimal digits, the form of nginx's `$request_id`: the trace id of a request that came without one.
    static func traceId() -> String {
        var text = ""
        text.reserveCapacity(32)
        self.append(UInt64.random(in: .min ... .max), digits: 16, to: &text)
        self.append(UInt64.random(in: .min ... .max), digits: 16, to: &text)
        return text
    }

    private static func append(_ value: UInt64, digits: Int, to text: inout String) {
        for index in stride(from: digits - 1, through: 0, by: -1) {
            let digit = UInt8((value >> UInt64(index * 4)) & 0xf)
            text.unicodeScalars.append(Unicode.Scalar(digit < 10 ? 0x30 + digit : 0x57 + digit))
        }
    }
}
