/// The parameters of a URL query, in their order.
///
/// A plain value; any thread.
package struct QueryString: Sendable {
    /// One `name=value`; a parameter without `=` has an empty value.
    package struct Parameter: Sendable, Equatable {
        /// The decoded name.
        package let name: String
        /// The decoded value.
        package let value: String
    }

    /// All parameters, repeated names included.
    package let parameters: [Parameter]

    /// Decodes a query. `+` is a space; a percent sign that no two hexadecimal digits follow stays as it is.
    ///
    /// - Parameter query: without the question mark.
    /// - Returns: nil when a decoded name or value is not UTF-8.
    package init?(_ query: String) {
        var parameters: [Parameter] = []
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "="))
            let name = pair[..<(equals ?? pair.endIndex)]
            let value = equals.map { pair[pair.index(after: $0)...] }
            guard let name = Self.decode(name) else { return nil }
            guard let value = value.map(Self.decode) ?? "" else { return nil }
            parameters.append(Parameter(name: name, value: value))
        }
        self.parameters = parameters
    }

    /// The value of the last parameter of this name.
    package subscript(_ name: String) -> String? {
        parameters.last { $0.name == name }?.value
    }

    /// Whether a raw query has a parameter of this name that is not empty, without decoding the rest.
    ///
    /// - Parameters:
    ///   - query: without the question mark.
    ///   - name: letters and digits only.
    package static func has(_ name: StaticString, in query: String) -> Bool {
        query.utf8.split(separator: UInt8(ascii: "&")).contains { pair in
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), pair.index(after: equals) < pair.endIndex else {
                return false
            }
            return name.withUTF8Buffer { unsafe pair[..<equals].elementsEqual($0) }
        }
    }

    private static func decode(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = rest.prefix(2)
                if let high = digits.first?.hexValue, digits.count == 2, let low = digits.last?.hexValue {
                    bytes.append(high << 4 | low)
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte)
                }
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
