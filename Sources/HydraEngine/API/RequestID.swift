/// The `X-Request-Id` of a request.
package enum RequestID {
    /// The caller's, if it is one: 1 to 128 visible ASCII characters. Else a new one of 32 hexadecimal digits, as
    /// nginx makes them.
    package static func accepted(_ text: String?) -> String {
        if let text, (1...EngineLimits.requestIDCharacters).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        {
            return text
        }
        var generator = SystemRandomNumberGenerator()
        return [UInt64.random(in: .min ... .max, using: &generator), .random(in: .min ... .max, using: &generator)]
            .map { word in
                let digits = String(word, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }
            .joined()
    }
}
