/// Why a text was not accepted as JSON, and where.
///
/// Carries no bytes of the input, so it can be logged. A value: any thread.
package struct JSONError: Error, Sendable, Equatable {
    /// The bounded reason, for metrics and logs.
    package enum Code: String, Sendable, CaseIterable {
        /// No bytes, or white space only.
        case empty
        /// More bytes than the parser was made for.
        case tooLarge = "too_large"
        /// A byte order mark; only the tolerant parse skips it.
        case byteOrderMark = "byte_order_mark"
        /// Bytes that are not UTF-8 (overlong, surrogate, above U+10FFFF, cut off).
        case invalidUTF8 = "invalid_utf8"
        /// A raw character below U+0020 inside a string.
        case controlCharacter = "control_character"
        /// The text ends inside a string.
        case unclosedString = "unclosed_string"
        /// A backslash followed by something that is no escape.
        case invalidEscape = "invalid_escape"
        /// An escaped surrogate without its partner; only the tolerant parse repairs it.
        case loneSurrogate = "lone_surrogate"
        /// Starts like a number, but is none (`01`, `1.`, `-`, `1e`).
        case invalidNumber = "invalid_number"
        /// Starts like `true`, `false` or `null`, but is none of them.
        case invalidLiteral = "invalid_literal"
        /// A character that may not stand here (a trailing comma, a missing colon, a stray letter).
        case unexpectedCharacter = "unexpected_character"
        /// The text ends inside an object or array.
        case unclosedContainer = "unclosed_container"
        /// Something behind the one value of the text.
        case trailingContent = "trailing_content"
        /// No memory for the parser's buffers; the text may be valid.
        case outOfMemory = "out_of_memory"
        /// simdjson refused to run; the text may be valid.
        case unavailable
    }

    /// The reason.
    package let code: Code

    /// Where, as a byte offset into the bytes that were given to the parser. For ``Code/unclosedString`` and
    /// ``Code/unclosedContainer`` the place where the string or container begins; for ``Code/tooLarge`` the limit in bytes.
    package let offset: Int

    /// Makes an error from a reason and a place.
    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    /// One sentence: what is wrong, where, and what to do about it.
    package var message: String {
        switch code {
        case .empty: "the text is empty; send one JSON value"
        case .tooLarge: "the text is larger than the limit of \(offset) bytes; send less at once"
        case .byteOrderMark: "the text begins with a byte order mark; send UTF-8 without one"
        case .invalidUTF8: "byte \(offset) is not valid UTF-8; encode the text as UTF-8"
        case .controlCharacter: "raw control character in a string at byte \(offset); write it as \\u00XX"
        case .unclosedString: "the string that begins at byte \(offset) has no end; the text may be cut off"
        case .invalidEscape: "invalid escape at byte \(offset); allowed are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
        case .loneSurrogate: "escaped surrogate without its partner at byte \(offset); send both halves"
        case .invalidNumber:
            "invalid number at byte \(offset); JSON allows no leading +, leading zeros, bare points or NaN"
        case .invalidLiteral: "invalid literal at byte \(offset); allowed are true, false and null"
        case .unexpectedCharacter: "unexpected character at byte \(offset); check commas, colons, quotes and brackets"
        case .unclosedContainer: "the object or array that begins at byte \(offset) has no end; the text may be cut off"
        case .trailingContent: "unexpected content at byte \(offset), behind the value; send one JSON value"
        case .outOfMemory: "no memory to parse the text; send less at once or try again"
        case .unavailable: "simdjson does not run here; check the processor and the installed libsimdjson"
        }
    }

    package var description: String { message }
}
