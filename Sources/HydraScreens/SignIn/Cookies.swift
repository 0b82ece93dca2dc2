/// The cookies of the pages. The prefix `__Host-` has browsers refuse them without TLS, from other hosts, and for parts of
/// the site.
enum Cookies {
    static let session = "__Host-hydra"
    /// Of somebody who is not signed in yet: the sign-in form is bound to it.
    static let form = "__Host-hydra-form"

    /// - Returns: the first cookie of this name; nil if there is none.
    static func read(_ name: String, in header: String?) -> String? {
        guard let header else { return nil }
        for pair in header.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, String(parts[0]).trimmingSpace() == name { return String(parts[1]).trimmingSpace() }
        }
        return nil
    }

    static func set(_ name: String, _ token: SessionToken, seconds: Int64) -> String {
        "\(name)=\(token.text); Path=/; Max-Age=\(seconds); Secure; HttpOnly; SameSite=Lax"
    }

    static func remove(_ name: String) -> String {
        "\(name)=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"
    }
}
