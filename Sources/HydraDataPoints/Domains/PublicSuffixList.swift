private import CPublicSuffix
private import Glibc

/// The public suffix list that libpsl was built with (publicsuffix.org, Mozilla Public License 2.0).
///
/// Owns nothing: the list is a constant of the library, never changed and never freed, so any thread may ask it.
enum PublicSuffixList {
    /// The public suffix and one label.
    ///
    /// - Parameter host: lower-case ASCII.
    /// - Returns: nil if the name is itself a public suffix.
    static func registrable(_ host: String) -> String? {
        guard let list = unsafe psl_builtin() else { return nil }
        // What is found points into the C string that was given, which lives in this closure only.
        let length = unsafe host.withCString { host in
            unsafe psl_registrable_domain(list, host).map { unsafe strlen($0) }
        }
        return length.flatMap { Self.suffix(of: host, length: $0) }
    }

    private static func suffix(of host: String, length: Int) -> String? {
        guard length > 0, length <= host.utf8.count else { return nil }
        return String(decoding: host.utf8.suffix(length), as: UTF8.self)
    }
}
