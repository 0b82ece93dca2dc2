import CSimdJSON

/// Finds the tokens of a text: owns simdjson's first stage and its buffers.
///
/// Used by one thread at a time, like the parser that owns it.
@safe final class TokenIndex {
    private let handle: OpaquePointer?

    init() {
        unsafe handle = csimdjson_index_create()
    }

    deinit {
        unsafe csimdjson_index_destroy(handle)
    }

    /// Checks UTF-8, control characters and the ends of strings, then lends the text and its tokens to `body`.
    ///
    /// The tokens are byte offsets in rising order: every `{ } [ ] : ,` outside of strings, every opening quote, and every first
    /// byte of a run of anything else that is not white space. One more entry behind them holds the text's length. Both spans
    /// end with the call.
    func withTokens<Result>(
        of bytes: [UInt8],
        _ body: (Span<UInt8>, Span<UInt32>) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        let text = bytes.span
        let found = unsafe text.withUnsafeBufferPointer { buffer in
            // The spare capacity belongs to the same allocation: readable, though its contents mean nothing.
            unsafe csimdjson_index_build(handle, buffer.baseAddress, buffer.count, bytes.capacity)
        }
        guard unsafe found.status == .done else {
            throw unsafe JSONError(locating: found.status, in: text)
        }
        // The positions stay valid until the next build on the same handle, which cannot begin while `body` runs.
        let tokens = unsafe UnsafeBufferPointer(start: found.positions, count: found.count + 1)
        return try body(text, unsafe tokens.span)
    }
}

extension JSONError {
    /// simdjson says only what is wrong; this finds where. Runs only for refused texts.
    fileprivate init(locating status: CSimdJSONStatus, in text: Span<UInt8>) {
        switch status {
        case .empty: self.init(.empty, at: 0)
        case .invalidUTF8: self.init(locatingInvalidUTF8In: text)
        case .controlCharacter: self.init(.controlCharacter, at: Self.stringFaultOffset(in: text))
        case .unclosedString: self.init(.unclosedString, at: Self.stringFaultOffset(in: text))
        case .tooLarge: self.init(.tooLarge, at: Int(UInt32.max))
        case .outOfMemory: self.init(.outOfMemory, at: 0)
        case .done, .unavailable: self.init(.unavailable, at: 0)
        }
    }

    private init(locatingInvalidUTF8In text: Span<UInt8>) {
        do {
            _ = try UTF8Span(validating: text)
            // simdjson's portable code takes a character behind a backslash apart and finds its rest invalid. The escape is
            // wrong in any case.
            var escape = text.firstIndex(of: ASCII.backslash, from: 0)
            while escape + 1 < text.count, text[escape + 1] < 0x80 {
                escape = text.firstIndex(of: ASCII.backslash, from: escape + 2)
            }
            self.init(.invalidEscape, at: escape)
        } catch {
            self.init(.invalidUTF8, at: error.byteOffsets.lowerBound)
        }
    }

    /// The first raw control character inside a string, else the quote that opens the last string.
    private static func stringFaultOffset(in text: Span<UInt8>) -> Int {
        var opened = 0
        var isInside = false
        var position = 0
        while position < text.count {
            switch text[position] {
            case ASCII.quote:
                isInside.toggle()
                opened = position
            case ASCII.backslash where isInside:
                position += 1
            case 0..<0x20 where isInside:
                return position
            default:
                break
            }
            position += 1
        }
        return opened
    }
}
