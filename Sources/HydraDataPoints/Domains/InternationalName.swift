private import CIDN2
private import Glibc

/// One spelling for internationalised domain names, by libidn2 (IDNA 2008, RFC 5891; non-transitional as browsers have
/// it).
///
/// Stateless; any thread.
enum InternationalName {
    /// The name in ASCII: `bücher.de` and `xn--bcher-kva.de` are both the latter.
    ///
    /// - Returns: nil for what is no name by the standard.
    static func ascii(_ name: String) -> String? {
        // A NUL would end the C string.
        guard !name.utf8.contains(0) else { return nil }
        var output: UnsafeMutablePointer<CChar>?
        let flags = Int32(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
        guard unsafe idn2_to_ascii_8z(name, &output, flags) == IDN2_OK.rawValue, let text = unsafe output else {
            return nil
        }
        defer { unsafe idn2_free(text) }
        return unsafe String(cString: text).lowercased()
    }
}
